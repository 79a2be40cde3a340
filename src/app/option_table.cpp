#include "src/app/option_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "src/app/words.hpp"

namespace rdpdx::app {
namespace {

constexpr std::array kCommands{
    Command{
        "analyze",
        "PATH...",
        "say at which stage a connection failed, why, and on what evidence",
        "text json html markdown markdown-long sarif csv jsonl timesketch",
        {{{"rdpdx analyze client.pcapng client-log.xml", "one connection, seen from the wire and the client's log"},
          {"rdpdx analyze case/ -o ticket.html -o case.json", "the report for a ticket, and the same for machines"},
          {"rdpdx analyze case/ --keylog tls.keys --tz Europe/Berlin",
           "look inside TLS; times as clocks show them there"},
          {"rdpdx analyze -q --exit-code -f sarif case/ -o case.sarif", "for scripts: 1 where an attempt failed"}}}},
    Command{"timeline",
            "PATH...",
            "print everything that was seen, of all sources, by the packets' time",
            "text csv jsonl timesketch",
            {{{"rdpdx timeline case/ -f csv -o timeline.csv", "for a spreadsheet"},
              {"rdpdx timeline case/ --from 2026-11-21T06:11Z --to 2026-11-21T06:12Z", "one minute of it"}}}},
    Command{"inspect",
            "PATH...",
            "say what each input is, what it covers and what is wrong with it",
            "text json",
            {{{"rdpdx inspect case/", "what was given, and whether it was read whole"}}}},
    Command{"events",
            "PATH...",
            "print events, all of them or those that are asked for",
            "text jsonl xml csv",
            {{{"rdpdx events System.evtx --provider Schannel", "what one provider wrote"},
              {"rdpdx events System.evtx --relevant -f jsonl", "what matters to connections, for machines"}}}},
    Command{"flows",
            "PATH...",
            "print every captured RDP connection, decoded, without a verdict",
            "text json",
            {{{"rdpdx flows client.pcapng", "every PDU of every connection"}}}},
    Command{"explain",
            "CODE...",
            "explain codes and events: 0x904 0x7, 2308, alert:40, RdpCoreTS/140",
            "text json",
            {{{"rdpdx explain 0x904 0x7", "what the dialog's two numbers mean"},
              {"rdpdx explain RdpCoreTS/140", "what an event means"},
              {"rdpdx explain alert:40 nego:5 0xC000006D", "codes of other families"}}}},
    Command{"rules",
            "list [events]|show ID|check|test [FILE...]",
            "list the causes or events that are known, show a cause, check rule files, or run their examples",
            "text",
            {{{"rdpdx rules list", "the causes that are known"},
              {"rdpdx rules show mtu-black-hole", "what one of them asks for"},
              {"rdpdx rules check my-cause.yaml", "whether a file of your own is well-formed"}}},
            "list show check test"},
    Command{"batch",
            "PATH --out DIR | plan PATH | run PLAN --out DIR | merge DIR... --out DIR | query DIR [QUESTION]",
            "analyse every case below PATH: reports, a store to ask, an index to look at",
            "text csv jsonl",
            {{{"rdpdx batch cases --out results", "a report for each case, a store, an index page"},
              {"rdpdx batch query results", "what the store knows"}}}},
    Command{"completion",
            "bash|zsh|fish|powershell",
            "print what makes a shell complete commands and options",
            "text",
            {{{"rdpdx completion bash", "for ~/.bashrc: eval \"$(rdpdx completion bash)\""}}},
            "bash zsh fish powershell"},
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
    Option{"tz", Takes::value, "ZONE", "show people times in UTC (default), local, +02:00 or Europe/Berlin",
           "analyze timeline inspect flows events"},
    Option{"channel", Takes::values, "NAME", "only events of this channel, e.g. System", "events"},
    Option{"provider", Takes::values, "NAME", "only events of this provider, with or without Microsoft-Windows-",
           "events"},
    Option{"id", Takes::values, "N[,N-M]", "only events with these ids", "events"},
    Option{"computer", Takes::values, "NAME", "only events of this computer", "events"},
    Option{"field", Takes::values, "NAME=VALUE", "only events that have this field with this value", "events"},
    Option{"relevant", Takes::nothing, "", "only events that the catalogue knows and does not call noise", "events"},
    Option{"recover", Takes::value, "HOW", "EVTX: off, slack (old records in chunks), carve (any bytes of any file)",
           "analyze timeline events", "off slack carve"},
    Option{"rules", Takes::value, "DIR", "more causes and events; one with a known id replaces it",
           "analyze timeline events explain rules batch"},
    Option{"keylog", Takes::values, "FILE", "open TLS with the secrets in this NSS key log (SSLKEYLOGFILE)",
           "analyze timeline inspect flows batch"},
    Option{"archive-password-file", Takes::values, "FILE",
           "try the passwords in this file, one a line, on encrypted ZIP members",
           "analyze timeline inspect flows events batch"},
    Option{"rsa-key", Takes::values, "FILE", "open TLS with this private key, where the key exchange was RSA",
           "analyze timeline inspect flows batch"},
    Option{"decrypt", Takes::value, "WHAT", "handshake (default), or all: large records of active sessions too",
           "analyze timeline inspect flows", "handshake all"},
    Option{"explain-rules", Takes::maybe, "all|ID,...", "say of rules which clause held; alone: of those that matter",
           "analyze"},
    Option{"redact", Takes::nothing, "", "put pseudonyms in place of addresses, names and SIDs, in every format",
           "analyze timeline inspect events flows batch"},
    Option{"redact-key", Takes::value, "FILE", "with --redact: a secret; with the same one the same names come out",
           "analyze timeline inspect events flows batch"},
    Option{"redact-map", Takes::value, "FILE", "with --redact: write there which pseudonym stands for what",
           "analyze timeline inspect events flows"},
    Option{"open", Takes::nothing, "", "show the HTML file that -o writes in the browser", "analyze"},
    Option{"exit-code", Takes::nothing, "", "exit with 1 when an attempt failed", "analyze"},
    Option{"out", Takes::value, "DIR", "the folder of the results", "batch"},
    Option{"resume", Takes::nothing, "", "go on: cases that have not changed since they were done are left alone",
           "batch"},
    Option{"case-time", Takes::value, "S", "end a case that takes longer than so many seconds (default 600)", "batch"},
    Option{"case-memory", Takes::value, "MB", "end a case that takes more memory than this (default 2048)", "batch"},
    Option{"shard", Takes::value, "K/N", "of a plan: only the K-th of N parts", "batch"},
    Option{"memory", Takes::value, "MB", "all cases at the same time take no more (default: no limit but theirs)",
           "batch"},
    Option{"jobs,j", Takes::value, "N", "inputs, of a batch cases, at the same time (default: one a processor)",
           "analyze timeline inspect events flows batch"},
    Option{"color", Takes::value, "WHEN", "auto, always or never (NO_COLOR is heeded)",
           "analyze timeline inspect flows", "auto always never"},
    Option{"width", Takes::value, "N", "how wide text is (default: the terminal, up to 120; 80 elsewhere)",
           "analyze timeline inspect flows explain"},
    Option{"progress", Takes::value, "WHEN", "auto or never", "analyze timeline inspect events flows batch",
           "auto never"},
    Option{"quiet,q", Takes::nothing, "", "no notes on standard error", ""},
    Option{"verbose,v", Takes::nothing, "", "more notes on standard error", ""},
    Option{"help,h", Takes::nothing, "", "this text", ""},
    Option{"version", Takes::nothing, "", "the program's version", ""},
};

}  // namespace

std::span<const Command> every_command() { return kCommands; }

const Command* find_command(std::string_view name) {
    const auto at = std::ranges::find(kCommands, name, &Command::name);
    return at == kCommands.end() ? nullptr : &*at;
}

std::string command_names() {
    std::vector<std::string_view> names;
    for (const Command& c : kCommands) names.push_back(c.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view choices_of(const Option& option, const Command& command) {
    return long_name(option) == "format" ? command.formats : option.choices;
}

std::span<const Option> every_option() { return kOptions; }

std::vector<Option> options_of(std::string_view command) {
    std::vector<Option> out;
    for (const Option& o : kOptions)
        if (o.commands.empty() || has_word(o.commands, command)) out.push_back(o);
    return out;
}

std::string_view long_name(const Option& option) { return option.name.substr(0, option.name.find(',')); }

std::string_view short_name(const Option& option) {
    const auto comma = option.name.find(',');
    return comma == std::string_view::npos ? std::string_view{} : option.name.substr(comma + 1);
}

}  // namespace rdpdx::app
