// What the command line says, as src/app/option_table.hpp allows it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "src/app/targets.hpp"

namespace rdpdx::app {

enum class When { automatic, always, never };

struct Options {
    std::string command;
    std::vector<std::string> arguments;  // paths, codes, or the words after `rules`
    std::vector<std::string> files;      // of --output
    std::vector<Target> targets;         // where to write what; at least one
    std::string format, output;          // of the first target
    std::string filter, rules, from, to, client, server, user, tz;
    std::string explain_rules;  // "matter", "all", or ids; empty: not asked for
    std::string recover;        // of events: off, slack or carve
    std::vector<std::string> channels, providers, ids, computers, fields;  // of events, as they were given
    std::vector<std::string> key_logs, rsa_keys, archive_passwords;        // files
    std::string decrypt;                                                   // handshake or all
    std::string shard;                                                     // of batch: K/N
    std::string out;                                                       // of batch: a folder
    std::optional<std::uint16_t> port;
    unsigned case_time{600}, case_memory{2048};  // of batch: seconds, MB
    unsigned memory{};                           // of batch: MB of all cases together, 0: no limit
    unsigned width{};                            // of text; 0: as wide as the terminal is
    unsigned jobs{};                             // 0: as many as the machine has
    When color{When::automatic}, progress{When::automatic};
    bool redact{};
    std::string redact_key, redact_map;  // files; empty: not given
    bool quiet{}, verbose{}, exit_code{}, open{}, relevant{}, resume{}, help{}, version{};
};

// What is wrong, in one sentence, and for which command.
struct UsageError {
    std::string text, command;
};

std::variant<Options, UsageError> parse_options(const std::vector<std::string>& arguments);

}  // namespace rdpdx::app
