#include "parsers/events/xml.hpp"

#include <algorithm>

#include "parsers/events/cutter.hpp"
#include "parsers/events/element.hpp"
#include "parsers/events/plain_event.hpp"
#include "parsers/events/window.hpp"

namespace rdpdx::events {
namespace {

constexpr std::size_t kLooked = std::size_t{1} << 16;  // bytes of a file's head that are worth a look

bool text_byte(char c) noexcept {
    const auto b = static_cast<unsigned char>(c);
    return b >= 0x20 || b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == 0x1B;  // ESC: a console's colours
}

// "<Event" or "<Events", with any prefix, at the beginning of `text`.
bool opens_event(std::string_view text) noexcept {
    text.remove_prefix(1);
    const auto end = text.find_first_of(" \t\r\n/><");
    std::string_view name = text.substr(0, end);
    name.remove_prefix(name.rfind(':') + 1);  // npos + 1 is 0
    return name == "Events" || (name == "Event" && end != std::string_view::npos);
}

// Whether the first element of this event can be nothing else. Program text may well say "<Event>".
bool surely_event(std::string_view text) noexcept {
    constexpr std::size_t kNear = 512;
    text = text.substr(0, kNear);
    return text.find("http://schemas.microsoft.com/win/2004/08/events/event") != std::string_view::npos ||
           text.find("<System>") != std::string_view::npos;
}

// Past the comment or the instruction that begins here, or nothing.
std::optional<std::size_t> past_special(std::string_view text, std::size_t at) noexcept {
    const bool comment = text.substr(at).starts_with("<!--");
    if (!comment && !text.substr(at).starts_with("<?")) return {};
    const std::string_view terminator = comment ? "-->" : "?>";
    const auto end = text.find(terminator, at + 2);
    return end == std::string_view::npos ? text.size() : end + terminator.size();
}

}  // namespace

bool is_event_xml(bytes::View head) {
    head = head.first(std::min(head.size(), kLooked));
    bytes::MemorySource source{head};
    Window window{source};
    while (window.more()) {
    }
    const std::string_view text = window.text(0);
    std::size_t at = 0, known = 0;  // before `known` there is nothing but XML
    bool noise = false;
    while ((at = text.find('<', at)) != std::string_view::npos) {
        noise = noise || text.substr(known, at - known).find_first_not_of(" \t\r\n") != std::string_view::npos;
        if (const auto past = past_special(text, at)) {
            known = at = *past;
            continue;
        }
        if (opens_event(text.substr(at)) && (!noise || surely_event(text.substr(at))))
            return std::ranges::all_of(text.substr(0, at), text_byte);
        noise = true;
        ++at;
    }
    return false;
}

Result read_xml(bytes::Source& source, const std::function<bool(Event&&)>& sink,
                const std::function<bool(const Head&)>& unwanted) {
    Window window{source};
    Notices notices;
    Cutter cutter{window, notices};
    ElementReader reader;
    Result result;
    while (const auto piece = cutter.next()) {
        if (unwanted) {
            const auto head = plain_head(piece->text);
            if (head && unwanted(*head)) {
                ++result.events;
                continue;
            }
        }
        auto reading = reader.read(piece->text);
        if (!reading.problem.empty())
            notices.add(window.file_offset(piece->begin + reading.at), std::move(reading.problem));
        if (!reading.event) continue;
        reading.event->offset = window.file_offset(piece->begin);
        reading.event->ordinal = ++result.events;
        if (!sink(std::move(*reading.event))) break;
    }
    result.damage = notices.take();
    return result;
}

}  // namespace rdpdx::events
