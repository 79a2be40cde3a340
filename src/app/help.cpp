#include "src/app/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/app/exit_codes.hpp"
#include "src/app/manual.hpp"
#include "src/app/option_table.hpp"
#include "src/app/shipped.hpp"

namespace rdpdx::app {
namespace {

std::string schema_text() { return std::string{shipped_schemas().front().text}; }

// What else `rdpdx help` prints.
struct Topic {
    std::string_view name, summary;
    std::string (*text)();
};
constexpr std::array kTopics{
    Topic{"man", "the manual page, for man(1)", manual_page},
    Topic{"schema", "the JSON Schema of 'analyze -f json'", schema_text},
};

std::string example_line(const Example& example) {
    return fmt::format("  {}\n      {}\n", example.line, example.means);
}

std::string program_help() {
    std::string out =
        "rdpdx says at which stage a Remote Desktop connection failed, why, and on what evidence.\n"
        "It reads packet captures (pcap, pcapng) and event logs (EVTX, XML, JSON), alone or together.\n\n"
        "usage: rdpdx COMMAND [OPTIONS] ARGUMENT...\n\n";
    for (const Command& c : every_command()) out += fmt::format("  {:<11}{}\n", c.name, c.summary);
    out += "\n'rdpdx help COMMAND' tells the options of a command.\n";
    for (const Topic& t : kTopics) out += fmt::format("'rdpdx help {}' prints {}.\n", t.name, t.summary);
    out += "\nexamples:\n";
    for (const Command& c : every_command()) out += example_line(c.examples.front());
    return out;
}

std::string option_line(const Option& o) {
    constexpr std::size_t kColumn = 24;
    const auto letter = short_name(o);
    std::string names = letter.empty() ? "    --" : fmt::format("-{}, --", letter);
    names += long_name(o);
    if (o.takes == Takes::maybe)
        names += fmt::format("[={}]", o.value);
    else if (o.takes != Takes::nothing)
        names += fmt::format(" {}", o.value);
    // What is longer than the column has its help below.
    return names.size() > kColumn - 2 ? fmt::format("  {}\n  {:{}}{}\n", names, "", kColumn, o.help)
                                      : fmt::format("  {:<{}}{}\n", names, kColumn, o.help);
}

std::string command_help(const Command& command) {
    std::string out =
        fmt::format("usage: rdpdx {} [OPTIONS] {}\n{}\n\nformats: {} (the first is the default)\n\noptions:\n",
                    command.name, command.arguments, command.summary, command.formats);
    for (const Option& o : options_of(command.name)) out += option_line(o);
    out += "\nexamples:\n";
    for (const Example& e : command.examples)
        if (!e.line.empty()) out += example_line(e);
    out += "\nexit codes:\n";
    for (const auto& [code, means] : kExitMeanings) out += fmt::format("  {:<4}{}\n", code, means);
    return out;
}

}  // namespace

bool has_help(std::string_view name) {
    return find_command(name) || std::ranges::find(kTopics, name, &Topic::name) != kTopics.end();
}

std::vector<std::string_view> help_topics() {
    std::vector<std::string_view> out;
    for (const Topic& t : kTopics) out.push_back(t.name);
    return out;
}

std::string help_text(const std::string& name) {
    const auto topic = std::ranges::find(kTopics, name, &Topic::name);
    if (topic != kTopics.end()) return topic->text();
    const Command* command = find_command(name);
    return command ? command_help(*command) : program_help();
}

}  // namespace rdpdx::app
