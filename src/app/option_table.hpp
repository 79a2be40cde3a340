// The one table of commands and options: parsing, help, the manual page and shell completion come from it.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::app {

struct Example {
    std::string_view line, means;
};
struct Command {
    std::string_view name, arguments, summary, formats;  // the first format is the default
    std::array<Example, 4> examples{};                   // unused ones are empty; tests run each of them
    std::string_view words{};                            // what its first argument can be, where it is one of a few
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
    std::string_view commands;   // empty: all
    std::string_view choices{};  // the only values that it takes, where there are few
};
std::span<const Option> every_option();
std::vector<Option> options_of(std::string_view command);

// What an option's value can be, for one command: its formats, or the option's own choices; empty: anything.
std::string_view choices_of(const Option& option, const Command& command);

std::string_view long_name(const Option& option);   // "format"
std::string_view short_name(const Option& option);  // "f", or empty

}  // namespace rdpdx::app
