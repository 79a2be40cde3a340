#include "src/app/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/help.hpp"
#include "src/app/option_table.hpp"

namespace rdpdx::app {
namespace {

bool is_file(const Option& o) { return o.value == "FILE"; }
bool is_folder(const Option& o) { return o.value == "DIR"; }

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> command_words() {
    std::vector<std::string> out;
    for (const Command& c : every_command()) out.emplace_back(c.name);
    out.emplace_back("help");
    return out;
}

// What `rdpdx help` can be asked for.
std::vector<std::string> help_words() {
    auto out = command_words();
    out.pop_back();
    for (const auto topic : help_topics()) out.emplace_back(topic);
    return out;
}

bool takes_files(const Command& c) { return c.arguments.starts_with("PATH"); }

std::vector<std::string> written(const Option& o) {
    std::vector<std::string> out{fmt::format("--{}", long_name(o))};
    if (!short_name(o).empty()) out.push_back(fmt::format("-{}", short_name(o)));
    return out;
}

std::string escaped(std::string_view text, std::string_view special, std::string_view before) {
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) out += before;
        out += c;
    }
    return out;
}

// --- bash ---------------------------------------------------------------------------------------------------------

std::string bash_values() {
    std::string out;
    for (const Command& c : every_command())
        for (const Option& o : options_of(c.name)) {
            if (o.takes == Takes::nothing || o.takes == Takes::maybe) continue;
            const std::string_view words = choices_of(o, c);
            const std::string list = words.empty() ? is_file(o)     ? "compgen -f -- \"$cur\""
                                                     : is_folder(o) ? "compgen -d -- \"$cur\""
                                                                    : ":"
                                                   : fmt::format("compgen -W '{}' -- \"$cur\"", words);
            out += fmt::format("        {}:{})\n            mapfile -t COMPREPLY < <({}); return ;;\n", c.name,
                               fmt::join(written(o), fmt::format("|{}:", c.name)), list);
        }
    return out;
}

std::string bash() {
    std::string options, first;
    for (const Command& c : every_command()) {
        std::vector<std::string> names;
        for (const Option& o : options_of(c.name)) names.push_back(written(o).front());
        options += fmt::format("        {}) options='{}' ;;\n", c.name, joined(names));
        if (!c.words.empty()) first += fmt::format("        {}) words='{}' ;;\n", c.name, c.words);
    }
    std::string out = "# Completion of rdpdx for bash.\n_rdpdx() {\n";
    out +=
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} options='' "
        "words=''\n"
        "    COMPREPLY=()\n"
        "    if [[ $cur == '=' ]]; then cur=''\n"
        "    elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
        "    if ((COMP_CWORD == 1)); then\n";
    out += fmt::format(
        "        mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$cur\")\n        return\n    fi\n",
        joined(command_words()));
    out += "    compopt -o filenames 2>/dev/null\n    case $command:$prev in\n" + bash_values() + "    esac\n";
    out += "    case $command in\n" + options + "    esac\n";
    out +=
        "    case $command in\n" + first + fmt::format("        help) words='{}' ;;\n    esac\n", joined(help_words()));
    out +=
        "    if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
        "    elif ((COMP_CWORD == 2)) && [[ $words ]]; then mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
        "\"$cur\")\n"
        "    elif [[ $command != explain && $command != help ]]; then mapfile -t COMPREPLY < <(compgen -f -- "
        "\"$cur\"); fi\n"
        "}\ncomplete -F _rdpdx rdpdx\n";
    return out;
}

// --- zsh ----------------------------------------------------------------------------------------------------------

std::string zsh_text(std::string_view text) {
    const std::string safe = escaped(text, "[]:\\", "\\");
    std::string out;
    for (const char c : safe) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return out;
}

std::string zsh_option(const Option& o, const Command& c) {
    const auto names = written(o);
    std::string value;
    if (o.takes != Takes::nothing) {
        const std::string_view words = choices_of(o, c);
        value = fmt::format("{}{}:{}", o.takes == Takes::maybe ? "::" : ":", zsh_text(o.value),
                            !words.empty() ? fmt::format("({})", words)
                            : is_file(o)   ? "_files"
                            : is_folder(o) ? "_files -/"
                                           : "");
    }
    const bool again = o.takes == Takes::values;
    std::string out;
    for (const auto& name : names) {
        const char* glue = o.takes == Takes::maybe                               ? "=-"
                           : o.takes != Takes::nothing && name.starts_with("--") ? "="
                                                                                 : "";
        out += fmt::format(" \\\n        '{}{}{}[{}]{}'",
                           again              ? "*"
                           : names.size() > 1 ? fmt::format("({})", joined(names))
                                              : "",
                           name, glue, zsh_text(o.help), value);
    }
    return out;
}

std::string zsh() {
    std::string out =
        "#compdef rdpdx\n# Completion of rdpdx for zsh.\n_rdpdx() {\n    local -a commands\n    commands=(\n";
    for (const Command& c : every_command()) out += fmt::format("        '{}:{}'\n", c.name, zsh_text(c.summary));
    out +=
        "        'help:tell the options of a command'\n    )\n"
        "    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
        "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n";
    for (const Command& c : every_command()) {
        out += fmt::format("    {})\n        _arguments -s", c.name);
        for (const Option& o : options_of(c.name)) out += zsh_option(o, c);
        if (!c.words.empty()) out += fmt::format(" \\\n        '1:what:({})'", c.words);
        if (takes_files(c) || c.name == "rules") out += " \\\n        '*:file:_files'";
        out += " ;;\n";
    }
    out += fmt::format("    help) _values word {} ;;\n    esac\n}}\n", joined(help_words()));
    return out + "if [[ $funcstack[1] == _rdpdx ]]; then _rdpdx \"$@\"; else compdef _rdpdx rdpdx; fi\n";
}

// --- fish ---------------------------------------------------------------------------------------------------------

std::string fish_text(std::string_view text) { return "'" + escaped(text, "'\\", "\\") + "'"; }

std::string fish() {
    std::string out = "# Completion of rdpdx for fish.\n";
    const auto none = "not __fish_seen_subcommand_from " + joined(command_words());
    for (const Command& c : every_command())
        out += fmt::format("complete -c rdpdx -f -n '{}' -a {} -d {}\n", none, c.name, fish_text(c.summary));
    out += fmt::format("complete -c rdpdx -f -n '{}' -a help -d 'tell the options of a command'\n", none);
    out += fmt::format("complete -c rdpdx -f -n '__fish_seen_subcommand_from help' -a '{}'\n", joined(help_words()));
    for (const Command& c : every_command()) {
        const auto within = fmt::format("complete -c rdpdx -n '__fish_seen_subcommand_from {}'", c.name);
        if (!c.words.empty()) out += fmt::format("{} -f -a '{}'\n", within, c.words);
        for (const Option& o : options_of(c.name)) {
            out += fmt::format("{} -l {}", within, long_name(o));
            if (!short_name(o).empty()) out += fmt::format(" -s {}", short_name(o));
            if (const auto words = choices_of(o, c); !words.empty())
                out += fmt::format(" -x -a '{}'", words);
            else if (o.takes == Takes::value || o.takes == Takes::values)
                out += is_file(o) || is_folder(o) ? " -r -F" : " -x";
            out += fmt::format(" -d {}\n", fish_text(o.help));
        }
    }
    return out;
}

// --- PowerShell ---------------------------------------------------------------------------------------------------

std::string list_of(const std::vector<std::string>& words) {
    return words.empty() ? "@()" : fmt::format("@('{}')", fmt::join(words, "', '"));
}

std::vector<std::string> split(std::string_view words) {
    std::vector<std::string> out;
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        out.emplace_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return out;
}

std::string powershell() {
    std::string options, values;
    for (const Command& c : every_command()) {
        std::vector<std::string> names = split(c.words);
        for (const Option& o : options_of(c.name)) {
            names.push_back(written(o).front());
            if (const auto words = choices_of(o, c); !words.empty())
                for (const auto& name : written(o))
                    values += fmt::format("        '{} {}' = {}\n", c.name, name, list_of(split(words)));
        }
        options += fmt::format("        '{}' = {}\n", c.name, list_of(names));
    }
    options += fmt::format("        'help' = {}\n", list_of(help_words()));
    return fmt::format(
        "# Completion of rdpdx for PowerShell.\n"
        "Register-ArgumentCompleter -Native -CommandName rdpdx -ScriptBlock {{\n"
        "    param($wordToComplete, $commandAst, $cursorPosition)\n"
        "    $options = @{{\n{}    }}\n    $values = @{{\n{}    }}\n"
        "    $words = @($commandAst.CommandElements | ForEach-Object {{ $_.ToString() }})\n"
        "    if ($wordToComplete -ne '') {{ $words = @($words | Select-Object -SkipLast 1) }}\n"
        "    $found = if ($words.Count -lt 2) {{ {} }}\n"
        "    elseif ($values.ContainsKey(\"$($words[1]) $($words[-1])\")) {{ $values[\"$($words[1]) $($words[-1])\"] "
        "}}\n"
        "    else {{ $options[$words[1]] }}\n"
        "    $found | Where-Object {{ $_ -like \"$wordToComplete*\" }} | ForEach-Object {{\n"
        "        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)\n"
        "    }}\n}}\n",
        options, values, list_of(command_words()));
}

struct Shell {
    std::string_view name;
    std::string (*script)();
};
constexpr std::array kShells{Shell{"bash", bash}, Shell{"zsh", zsh}, Shell{"fish", fish},
                             Shell{"powershell", powershell}};

}  // namespace

std::string completion_for(std::string_view shell) {
    const auto at = std::ranges::find(kShells, shell, &Shell::name);
    return at == kShells.end() ? std::string{} : at->script();
}

int completion(const Options& options) {
    const std::string script = options.arguments.size() == 1 ? completion_for(options.arguments.front()) : "";
    if (script.empty()) {
        complain(fmt::format("'completion' takes one of: {}", find_command("completion")->words));
        return kUsage;
    }
    return print(options, script);
}

}  // namespace rdpdx::app
