// Event XML, in the form of `wevtutil qe /f:xml`, made into an EVTX file of equal content. So a log can be written as
// XML and shipped as a log.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "parsers/events/xml.hpp"
#include "tests/support/evtx_from_event.hpp"

namespace {

using namespace rdpdx;

constexpr std::string_view kUsage =
    "usage: make_evtx [OPTIONS] IN.xml OUT.evtx\n"
    "  --shift SECONDS   add SECONDS (may be negative, may have a fraction) to each event's time\n"
    "  --first-record N  number the records from N on, whatever the XML says\n"
    "  --text            write all values of EventData and UserData as strings\n"
    "  --no-templates    write elements and text only, as forwarded logs have them\n"
    "  --per-chunk N     at most N records in a chunk\n";

struct Arguments {
    std::chrono::nanoseconds shift{};
    std::optional<std::uint64_t> first_record;
    bool all_text = false;
    test::evtx::WriteOptions write;
    std::vector<std::string> files;
};

template <class T>
T number_in(const std::string& text) {
    T out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::runtime_error{fmt::format("'{}' is not a number", text)};
    return out;
}

Arguments arguments_of(int count, char** words) {
    Arguments out;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto next = [&]() -> std::string { return i + 1 < count ? words[++i] : ""; };
        if (word == "--shift") {
            out.shift = std::chrono::nanoseconds{std::llround(number_in<double>(next()) * 1e9)};
        } else if (word == "--first-record") {
            out.first_record = number_in<std::uint64_t>(next());
        } else if (word == "--text") {
            out.all_text = true;
        } else if (word == "--no-templates") {
            out.write.templates = false;
        } else if (word == "--per-chunk") {
            out.write.records_per_chunk = number_in<std::size_t>(next());
        } else if (word.starts_with("--")) {
            throw std::runtime_error{fmt::format("unknown option '{}'\n{}", word, kUsage)};
        } else {
            out.files.push_back(word);
        }
    }
    if (out.files.size() != 2) throw std::runtime_error{std::string{kUsage}};
    return out;
}

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{fmt::format("cannot read {}", path)};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// What could not be read whole must not become a sample.
std::vector<test::evtx::LogEvent> events_of(const std::string& xml, const Arguments& arguments) {
    std::vector<test::evtx::LogEvent> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        out.push_back(test::evtx::from_event(event, arguments.all_text));
        out.back().time += arguments.shift;
        if (arguments.first_record) out.back().record = *arguments.first_record + out.size() - 1;
        return true;
    });
    if (!result.damage.empty())
        throw std::runtime_error{
            fmt::format("at byte {}: {}", result.damage.front().offset, result.damage.front().text)};
    return out;
}

void run(const Arguments& arguments) {
    const auto log = test::evtx::write_log(events_of(content_of(arguments.files[0]), arguments), arguments.write);
    std::ofstream file{arguments.files[1], std::ios::binary};
    const auto characters = bytes::text_of(log);
    file.write(characters.data(), static_cast<std::streamsize>(characters.size()));
    if (!file.flush()) throw std::runtime_error{fmt::format("cannot write {}", arguments.files[1])};
}

}  // namespace

int main(int count, char** words) {
    try {
        run(arguments_of(count, words));
    } catch (const std::exception& error) {
        std::fputs(fmt::format("make_evtx: {}\n", error.what()).c_str(), stderr);
        return 1;
    }
    return 0;
}
