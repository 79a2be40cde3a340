#include "src/app/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
    Topic{"schema", "the JSON Schema of 'analyze -f json'", schema_text},
};

std::string program_help() {
    std::string out =
        "rdpdx says at which stage a Remote Desktop connection failed, why, and on what evidence.\n"
        "It reads packet captures (pcap, pcapng) and event logs (EVTX, XML, JSON), alone or together.\n\n"
        "usage: rdpdx COMMAND [OPTIONS] ARGUMENT...\n\n";
    for (const Command& c : every_command()) out += fmt::format("  {:<9}{:<22}{}\n", c.name, c.arguments, c.summary);
    out += "\n'rdpdx help COMMAND' tells the options of a command.\n";
    for (const Topic& t : kTopics) out += fmt::format("'rdpdx help {}' prints {}.\n", t.name, t.summary);
    out +=
        "\nexamples:\n"
        "  rdpdx analyze client.pcapng client-log.xml     one connection, seen from the wire and the client's log\n"
        "  rdpdx analyze -f json case-folder/ > case.json everything in a folder\n"
        "  rdpdx analyze case/ -o ticket.html -o case.json  the report for a ticket, and the same for machines\n"
        "  rdpdx explain 0x904 0x7                        what the dialog's two numbers mean\n"
        "  rdpdx explain RdpCoreTS/140                    what an event means\n";
    return out;
}

std::string option_line(const Option& o) {
    const auto letter = short_name(o);
    std::string names = letter.empty() ? "    --" : fmt::format("-{}, --", letter);
    names += long_name(o);
    if (o.takes == Takes::maybe)
        names += fmt::format("[={}]", o.value);
    else if (o.takes != Takes::nothing)
        names += fmt::format(" {}", o.value);
    return fmt::format("  {:<24}{}\n", names, o.help);
}

std::string command_help(const Command& command) {
    std::string out =
        fmt::format("usage: rdpdx {} [OPTIONS] {}\n{}\n\nformats: {} (the first is the default)\n\noptions:\n",
                    command.name, command.arguments, command.summary, command.formats);
    for (const Option& o : options_of(command.name)) out += option_line(o);
    out +=
        "\nexit codes: 0 done, whatever the verdict; 1 an attempt failed (with --exit-code); 2 usage; 3 no usable "
        "input;\n"
        "4 done, but some input was damaged or skipped; 5 a rule file is wrong; 6 output could not be written\n";
    return out;
}

}  // namespace

bool has_help(std::string_view name) {
    return find_command(name) || std::ranges::find(kTopics, name, &Topic::name) != kTopics.end();
}

std::string help_text(const std::string& name) {
    const auto topic = std::ranges::find(kTopics, name, &Topic::name);
    if (topic != kTopics.end()) return topic->text();
    const Command* command = find_command(name);
    return command ? command_help(*command) : program_help();
}

}  // namespace rdpdx::app
