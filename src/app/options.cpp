#include "src/app/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>

#include "src/app/words.hpp"

namespace rdpdx::app {
namespace {

namespace po = boost::program_options;

struct Command {
    std::string_view name, arguments, summary, formats;  // the first format is the default
};
constexpr std::array kCommands{
    Command{"analyze", "PATH...", "say at which stage a connection failed, why, and on what evidence",
            "text json html markdown markdown-long csv jsonl timesketch"},
    Command{"timeline", "PATH...", "print everything that was seen, of all sources, by the packets' time",
            "text csv jsonl timesketch"},
    Command{"inspect", "PATH...", "say what each input is, what it covers and what is wrong with it", "text json"},
    Command{"events", "PATH...", "print events, all of them or those that are asked for", "text jsonl xml csv"},
    Command{"flows", "PATH...", "print every captured RDP connection, decoded, without a verdict", "text json"},
    Command{"explain", "CODE...", "explain codes and events: 0x904 0x7, 2308, alert:40, RdpCoreTS/140", "text json"},
    Command{"rules", "list [events]|show ID|check|test [FILE...]",
            "list the causes or events that are known, show a cause, check rule files, or run their examples", "text"},
    Command{"batch", "PATH --out DIR | query DIR [QUESTION]",
            "analyse every case below PATH: reports, a store to ask, an index to look at", "text csv jsonl"},
};

// values: it may be given several times. maybe: with "=VALUE" or without.
enum class Takes { nothing, value, values, maybe };
struct Option {
    std::string_view name;  // "format,f" as Boost.Program_options has it
    Takes takes;
    std::string_view value, help;
    std::string_view commands;  // empty: all
};
constexpr std::array kOptions{
    Option{"format,f", Takes::value, "FORMAT", "how to print, see the formats above",
           "analyze timeline inspect events flows explain batch"},
    Option{"output,o", Takes::values, "FILE", "write there instead; without -f the end of its name tells the format",
           "analyze timeline inspect events flows explain batch"},
    Option{"filter", Takes::value, "EXPR", "only packets that this libpcap filter expression matches",
           "analyze timeline inspect flows"},
    Option{"port", Takes::value, "N", "take this TCP port for RDP's too, and report only attempts to it",
           "analyze timeline flows"},
    Option{"client", Takes::value, "ADDRESS", "only attempts of this client", "analyze timeline"},
    Option{"server", Takes::value, "ADDRESS", "only attempts to this server, by address or name", "analyze timeline"},
    Option{"user", Takes::value, "NAME", "only attempts with this user hint", "analyze timeline"},
    Option{"from", Takes::value, "TIME", "only what ends at or after this time (2026-11-21T05:39Z)",
           "analyze timeline events"},
    Option{"to", Takes::value, "TIME", "only what starts at or before this time", "analyze timeline events"},
    Option{"channel", Takes::values, "NAME", "only events of this channel, e.g. System", "events"},
    Option{"provider", Takes::values, "NAME", "only events of this provider, with or without Microsoft-Windows-",
           "events"},
    Option{"id", Takes::values, "N[,N-M]", "only events with these ids", "events"},
    Option{"computer", Takes::values, "NAME", "only events of this computer", "events"},
    Option{"field", Takes::values, "NAME=VALUE", "only events that have this field with this value", "events"},
    Option{"relevant", Takes::nothing, "", "only events that the catalogue knows and does not call noise", "events"},
    Option{"recover", Takes::value, "HOW", "EVTX: off, slack (old records in chunks), carve (any bytes of any file)",
           "analyze timeline events"},
    Option{"rules", Takes::value, "DIR", "more causes and events; one with a known id replaces it",
           "analyze timeline events explain rules batch"},
    Option{"keylog", Takes::values, "FILE", "open TLS with the secrets in this NSS key log (SSLKEYLOGFILE)",
           "analyze timeline inspect flows batch"},
    Option{"rsa-key", Takes::values, "FILE", "open TLS with this private key, where the key exchange was RSA",
           "analyze timeline inspect flows batch"},
    Option{"decrypt", Takes::value, "WHAT", "handshake (default), or all: large records of active sessions too",
           "analyze timeline inspect flows"},
    Option{"explain-rules", Takes::maybe, "all|ID,...", "say of rules which clause held; alone: of those that matter",
           "analyze"},
    Option{"exit-code", Takes::nothing, "", "exit with 1 when an attempt failed", "analyze"},
    Option{"out", Takes::value, "DIR", "the folder of the results", "batch"},
    Option{"resume", Takes::nothing, "", "go on: cases that have not changed since they were done are left alone",
           "batch"},
    Option{"case-time", Takes::value, "S", "end a case that takes longer than so many seconds (default 600)", "batch"},
    Option{"case-memory", Takes::value, "MB", "end a case that takes more memory than this (default 2048)", "batch"},
    Option{"jobs,j", Takes::value, "N", "inputs, of a batch cases, at the same time (default: one a processor)",
           "analyze timeline inspect events flows batch"},
    Option{"color", Takes::value, "WHEN", "auto, always or never (NO_COLOR is heeded)",
           "analyze timeline inspect flows"},
    Option{"progress", Takes::value, "WHEN", "auto or never", "analyze timeline inspect events flows batch"},
    Option{"quiet,q", Takes::nothing, "", "no notes on standard error", ""},
    Option{"verbose,v", Takes::nothing, "", "more notes on standard error", ""},
    Option{"help,h", Takes::nothing, "", "this text", ""},
    Option{"version", Takes::nothing, "", "the program's version", ""},
};

const Command* find_command(std::string_view name) {
    const auto at = std::ranges::find(kCommands, name, &Command::name);
    return at == kCommands.end() ? nullptr : &*at;
}

std::string_view long_name(const Option& option) { return option.name.substr(0, option.name.find(',')); }

std::string command_names() {
    std::vector<std::string_view> names;
    for (const Command& c : kCommands) names.push_back(c.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

po::options_description description(std::string_view command) {
    po::options_description out;
    for (const Option& o : kOptions) {
        if (!o.commands.empty() && !has_word(o.commands, command)) continue;
        const std::string name{o.name};
        if (o.takes == Takes::value)
            out.add_options()(name.c_str(), po::value<std::string>(), "");
        else if (o.takes == Takes::values)
            out.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
        else if (o.takes == Takes::maybe)
            out.add_options()(name.c_str(), po::value<std::string>(), "");
        else
            out.add_options()(name.c_str(), po::bool_switch(), "");
    }
    out.add_options()("argument", po::value<std::vector<std::string>>(), "");
    return out;
}

// An option that may stand alone must not take the next argument for its value.
std::vector<std::string> with_defaults(std::vector<std::string> arguments) {
    for (std::string& argument : arguments) {
        if (argument == "--") break;
        for (const Option& o : kOptions)
            if (o.takes == Takes::maybe && argument == fmt::format("--{}", long_name(o))) argument += "=matter";
    }
    return arguments;
}

// What kind of word is wrong, said in our own terms.
std::string explain_error(const po::error& error, const std::string& command) {
    if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error))
        return fmt::format("'{}' has no option {}", command, unknown->get_option_name());
    if (const auto* twice = dynamic_cast<const po::multiple_occurrences*>(&error))
        return fmt::format("{} is given twice", twice->get_option_name());
    std::string text = error.what();
    return text;
}

template <class Number>
std::optional<Number> number(const std::string& text, Number largest) {
    Number value = 0;
    if (text.empty() || text.size() > 9) return {};
    std::uint64_t wide = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        wide = wide * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (wide > largest) return {};
    value = static_cast<Number>(wide);
    return value;
}

std::optional<When> when(const std::string& text) {
    if (text == "auto") return When::automatic;
    if (text == "always") return When::always;
    if (text == "never") return When::never;
    return {};
}

// Copies values out of the map; the sentence is what is wrong.
std::string take_values(const po::variables_map& map, Options& out) {
    const auto text = [&](const char* name, std::string& to) {
        if (map.count(name)) to = map[name].as<std::string>();
    };
    const auto texts = [&](const char* name, std::vector<std::string>& to) {
        if (map.count(name)) to = map[name].as<std::vector<std::string>>();
    };
    const auto flag = [&](const char* name) { return map.count(name) != 0 && map[name].as<bool>(); };
    text("format", out.format);
    texts("output", out.files);
    text("filter", out.filter);
    text("rules", out.rules);
    text("client", out.client);
    text("server", out.server);
    text("user", out.user);
    text("explain-rules", out.explain_rules);
    text("decrypt", out.decrypt);
    texts("keylog", out.key_logs);
    texts("rsa-key", out.rsa_keys);
    text("from", out.from);
    text("to", out.to);
    text("out", out.out);
    out.resume = flag("resume");
    text("recover", out.recover);
    texts("channel", out.channels);
    texts("provider", out.providers);
    texts("id", out.ids);
    texts("computer", out.computers);
    texts("field", out.fields);
    out.relevant = flag("relevant");
    out.quiet = flag("quiet");
    out.verbose = flag("verbose");
    out.exit_code = flag("exit-code");
    out.help = flag("help");
    out.version = flag("version");
    texts("argument", out.arguments);
    if (!out.recover.empty() && out.recover != "off" && out.recover != "slack" && out.recover != "carve")
        return fmt::format("--recover takes off, slack or carve, not '{}'", out.recover);
    if (!out.decrypt.empty() && out.decrypt != "handshake" && out.decrypt != "all")
        return fmt::format("--decrypt takes handshake or all, not '{}'", out.decrypt);
    std::string value;
    text("port", value);
    if (!value.empty() && (!(out.port = number<std::uint16_t>(value, 65535)) || *out.port == 0))
        return fmt::format("--port takes 1 to 65535, not '{}'", value);
    value.clear();
    text("jobs", value);
    if (!value.empty()) {
        const auto jobs = number<unsigned>(value, 256);
        if (!jobs || *jobs == 0) return fmt::format("--jobs takes 1 to 256, not '{}'", value);
        out.jobs = *jobs;
    }
    for (const auto& [name, to] : {std::pair{"case-time", &out.case_time}, std::pair{"case-memory", &out.case_memory}}) {
        value.clear();
        text(name, value);
        if (value.empty()) continue;
        const auto read = number<unsigned>(value, 1'000'000);
        if (!read || *read == 0) return fmt::format("--{} takes 1 to 1000000, not '{}'", name, value);
        *to = *read;
    }
    for (const auto& [name, to] : {std::pair{"color", &out.color}, std::pair{"progress", &out.progress}}) {
        value.clear();
        text(name, value);
        if (value.empty()) continue;
        const auto read = when(value);
        if (!read) return fmt::format("--{} takes auto, always or never, not '{}'", name, value);
        *to = *read;
    }
    return {};
}

std::string check(const Command& command, Options& out) {
    if (!out.format.empty() && !has_word(command.formats, out.format))
        return fmt::format("'{}' cannot print '{}'; it has: {}", command.name, out.format, command.formats);
    if (out.arguments.empty()) return fmt::format("'{}' needs {}", command.name, command.arguments);
    if (out.files.size() > 1 && command.name != "analyze" && command.name != "timeline")
        return fmt::format("'{}' takes one --output", command.name);
    for (auto at = out.files.begin(); at != out.files.end(); ++at)
        if (std::find(out.files.begin(), at, *at) != at) return fmt::format("--output '{}' is given twice", *at);
    out.targets = targets_of(command.formats, out.format, out.files);
    out.format = out.targets.front().format;
    out.output = out.targets.front().path;
    return {};
}

}  // namespace

std::variant<Options, UsageError> parse_options(const std::vector<std::string>& arguments) {
    Options out;
    if (arguments.empty()) return UsageError{"what shall be done? Commands: " + command_names(), ""};
    const std::string& first = arguments.front();
    if (first == "--help" || first == "-h" || first == "help") {
        out.help = true;
        if (arguments.size() < 2) return out;
        if (!find_command(arguments[1]))
            return UsageError{fmt::format("there is no help for '{}'. Commands: {}", arguments[1], command_names()),
                              ""};
        out.command = arguments[1];
        return out;
    }
    if (first == "--version") {
        out.version = true;
        return out;
    }
    const Command* command = find_command(first);
    if (!command) return UsageError{fmt::format("there is no command '{}'. Commands: {}", first, command_names()), ""};
    out.command = first;
    try {
        const auto options = description(first);
        po::positional_options_description positional;
        positional.add("argument", -1);
        po::command_line_parser parser{with_defaults({arguments.begin() + 1, arguments.end()})};
        using namespace po::command_line_style;
        // Names are never guessed from prefixes.
        parser.options(options).positional(positional).style(unix_style & ~allow_guessing);
        po::variables_map map;
        po::store(parser.run(), map);
        po::notify(map);
        if (auto wrong = take_values(map, out); !wrong.empty()) return UsageError{wrong, first};
    } catch (const po::error& error) {
        return UsageError{explain_error(error, first), first};
    }
    if (out.help || out.version) return out;
    if (auto wrong = check(*command, out); !wrong.empty()) return UsageError{wrong, first};
    return out;
}

std::string help_text(const std::string& name) {
    const Command* command = find_command(name);
    std::string out;
    if (!command) {
        out =
            "rdpdx says at which stage a Remote Desktop connection failed, why, and on what evidence.\n"
            "It reads packet captures (pcap, pcapng) and event logs (EVTX, XML, JSON), alone or together.\n\n"
            "usage: rdpdx COMMAND [OPTIONS] ARGUMENT...\n\n";
        for (const Command& c : kCommands) out += fmt::format("  {:<9}{:<22}{}\n", c.name, c.arguments, c.summary);
        out +=
            "\n'rdpdx help COMMAND' tells the options of a command.\n\n"
            "examples:\n"
            "  rdpdx analyze client.pcapng client-log.xml     one connection, seen from the wire and the client's log\n"
            "  rdpdx analyze -f json case-folder/ > case.json everything in a folder\n"
            "  rdpdx analyze case/ -o ticket.html -o case.json  the report for a ticket, and the same for machines\n"
            "  rdpdx explain 0x904 0x7                        what the dialog's two numbers mean\n"
            "  rdpdx explain RdpCoreTS/140                    what an event means\n";
        return out;
    }
    out = fmt::format("usage: rdpdx {} [OPTIONS] {}\n{}\n\nformats: {} (the first is the default)\n\noptions:\n",
                      command->name, command->arguments, command->summary, command->formats);
    for (const Option& o : kOptions) {
        if (!o.commands.empty() && !has_word(o.commands, command->name)) continue;
        std::string names = o.name.find(',') == std::string_view::npos
                                ? "    --"
                                : fmt::format("-{}, --", o.name.substr(o.name.find(',') + 1));
        names += long_name(o);
        if (o.takes == Takes::maybe)
            names += fmt::format("[={}]", o.value);
        else if (o.takes != Takes::nothing)
            names += fmt::format(" {}", o.value);
        out += fmt::format("  {:<24}{}\n", names, o.help);
    }
    out +=
        "\nexit codes: 0 done, whatever the verdict; 1 an attempt failed (with --exit-code); 2 usage; 3 no usable "
        "input;\n"
        "4 done, but some input was damaged or skipped; 5 a rule file is wrong; 6 output could not be written\n";
    return out;
}

}  // namespace rdpdx::app
