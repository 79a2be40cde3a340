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
using test::Bytes;

constexpr std::string_view kUsage =
    "usage: make_evtx [OPTIONS] IN.xml OUT.evtx\n"
    "  --shift SECONDS   add SECONDS (may be negative, may have a fraction) to each event's time\n"
    "  --first-record N  number the records from N on, whatever the XML says\n"
    "  --text            write all values of EventData and UserData as strings\n"
    "  --no-templates    write elements and text only, as forwarded logs have them\n"
    "  --per-chunk N     at most N records in a chunk\n"
    "or:    make_evtx --every-type OUT.evtx\n"
    "  an event for each type of value that the writer knows, which is named after the type\n";

struct Arguments {
    std::chrono::nanoseconds shift{};
    std::optional<std::uint64_t> first_record;
    bool all_text = false, every_type = false;
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
        } else if (word == "--every-type") {
            out.every_type = true;
        } else if (word.starts_with("--")) {
            throw std::runtime_error{fmt::format("unknown option '{}'\n{}", word, kUsage)};
        } else {
            out.files.push_back(word);
        }
    }
    if (out.files.size() != (out.every_type ? 1U : 2U)) throw std::runtime_error{std::string{kUsage}};
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

// An event a type, so that a program that cannot read one still shows the others.
std::vector<test::evtx::LogEvent> every_type() {
    using namespace test::evtx;
    const bytes::Time time = *bytes::parse_time("2026-11-21T05:39:00.1234567Z");
    std::vector<LogEvent> out;
    for (const Data& data : std::vector<Data>{{"UnicodeString", unicode_string("text \u00e4\U0001F600 <&>")},
                                              {"EmptyString", unicode_string("")},
                                              {"Null", null()},
                                              {"AnsiString", ansi_string("ansi")},
                                              {"Int8", number(std::int8_t{-8})},
                                              {"UInt8", number(std::uint8_t{200})},
                                              {"Int16", number(std::int16_t{-1600})},
                                              {"UInt16", number(std::uint16_t{65535})},
                                              {"Int32", number(std::int32_t{-2147467259})},
                                              {"UInt32", number(std::uint32_t{4294967295})},
                                              {"Int64", number(std::int64_t{-9223372036854775807})},
                                              {"UInt64", number(std::uint64_t{18446744073709551615U})},
                                              {"Float", real32(1.5F)},
                                              {"Double", real64(-0.25)},
                                              {"True", boolean(true)},
                                              {"False", boolean(false)},
                                              {"GUID", guid("28aa95bb-d444-4719-a36f-40462168127e")},
                                              {"SizeT", size_of(0x7FFE0000)},
                                              {"FILETIME", filetime(time)},
                                              {"SYSTEMTIME", systemtime(time)},
                                              {"SID", sid("S-1-5-21-1-2-3-500")},
                                              {"HexInt32", hex_int32(0x80004005)},
                                              {"HexInt64", hex_int64(0x8000000000000000)},
                                              {"UnicodeStringArray", string_array({"one", "", "three"})}})
        out.push_back({.provider = "rdpdx-every-type",
                       .id = 1,
                       .time = time,
                       .channel = "Test",
                       .computer = "HOST",
                       .data = {data}});
    out.push_back(out.back());
    out.back().data.clear();
    out.back().binary = Bytes{std::byte{0xDE}, std::byte{0xAD}, std::byte{0x00}};
    // The last one, because python-evtx stops at it.
    out.push_back(out.front());
    out.back().data = {{"UInt32Array", array({number(1U), number(2U), number(3U)})}};
    return out;
}

void run(const Arguments& arguments) {
    using test::evtx::write_log;
    const auto log = arguments.every_type
                         ? write_log(every_type(), arguments.write)
                         : write_log(events_of(content_of(arguments.files.front()), arguments), arguments.write);
    std::ofstream file{arguments.files.back(), std::ios::binary};
    const auto characters = bytes::text_of(log);
    file.write(characters.data(), static_cast<std::streamsize>(characters.size()));
    if (!file.flush()) throw std::runtime_error{fmt::format("cannot write {}", arguments.files.back())};
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
