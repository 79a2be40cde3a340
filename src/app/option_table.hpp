// The one table of commands and options: parsing, help, the manual page and shell completion come from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::app {

struct Command {
    std::string_view name, arguments, summary, formats;  // the first format is the default
};
std::span<const Command> every_command();
const Command* find_command(std::string_view name);
std::string command_names();  // "analyze, timeline, ..."

// values: it may be given several times. maybe: with "=VALUE" or without.
enum class Takes { nothing, value, values, maybe };
struct Option {
    std::string_view name;  // "format,f" as Boost.Program_options has it
    Takes takes;
    std::string_view value, help;
    std::string_view commands;  // empty: all
};
std::span<const Option> every_option();
std::vector<Option> options_of(std::string_view command);

std::string_view long_name(const Option& option);   // "format"
std::string_view short_name(const Option& option);  // "f", or empty

}  // namespace rdpdx::app
