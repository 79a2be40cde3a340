// mdoc: every line that begins with a dot is a request; text must not begin with one, and a backslash is written \e.
#include "src/app/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/app/exit_codes.hpp"
#include "src/app/option_table.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

// An argument of a request: quoted, so that nothing in it is a request of its own.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : escaped(text)) out += c == '"' ? std::string{"\\(dq"} : std::string{c};
    return out + "\"";
}

// Lines of text; a new sentence begins a new line, as the language wants it.
std::string paragraph(std::string_view text) {
    constexpr std::size_t kWidth = 76;
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find(". "), text.size());
        const std::string_view sentence = text.substr(0, std::min(end + 1, text.size()));
        for (const std::string& line : report::wrap(sentence, kWidth)) out += escaped(line) + "\n";
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return out;
}

std::string option_item(const Option& o) {
    std::string out = ".It";
    if (const auto letter = short_name(o); !letter.empty()) out += fmt::format(" Fl {} ,", letter);
    out += fmt::format(" Fl \\-{}", escaped(long_name(o)));
    if (o.takes == Takes::maybe)
        out += fmt::format(" Ns Op = Ns Ar {}", quoted(o.value));
    else if (o.takes != Takes::nothing)
        out += fmt::format(" Ar {}", quoted(o.value));
    return out + "\n" + paragraph(o.help);
}

std::string command_section(const Command& c) {
    std::string out = fmt::format(".Ss {}\n", quoted(c.name));
    out += paragraph(std::string{"Usage: rdpdx "} + std::string{c.name} + " " + std::string{c.arguments});
    out += ".Pp\n" + paragraph(c.summary);
    out += ".Pp\n" + paragraph("Formats, the first is the default: " + std::string{c.formats});
    std::string items;
    for (const Option& o : options_of(c.name))
        if (!o.commands.empty()) items += option_item(o);
    return items.empty() ? out : out + ".Bl -tag -width Ds\n" + items + ".El\n";
}

std::string exit_section() {
    std::string out = ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
    for (const auto& [code, means] : kExitMeanings) out += fmt::format(".It {}\n{}", code, paragraph(means));
    return out + ".El\n";
}

std::string examples_section() {
    std::string out = ".Sh EXAMPLES\n.Bl -tag -width Ds\n";
    for (const Command& c : every_command())
        for (const Example& e : c.examples)
            if (!e.line.empty()) out += fmt::format(".It Ic {}\n{}", quoted(e.line), paragraph(e.means));
    return out + ".El\n";
}

}  // namespace

std::string manual_page() {
    std::string out =
        ".\\\" Made by 'rdpdx help man'.\n.Dd November 21, 2026\n.Dt RDPDX 1\n.Os\n.Sh NAME\n.Nm rdpdx\n"
        ".Nd say why a Remote Desktop connection failed\n.Sh SYNOPSIS\n";
    for (const Command& c : every_command())
        out += fmt::format(".Nm\n.Cm {}\n.Op Ar options\n.Ar {}\n", quoted(c.name), quoted(c.arguments));
    out += ".Nm\n.Cm help\n.Op Ar command\n.Sh DESCRIPTION\n";
    out += paragraph(
        "From packet captures and exported event logs it says at which stage a connection failed, who ended it, why, "
        "on "
        "what evidence, and what to do next. It works offline on files, captures nothing and connects to nothing. What "
        "an input is, is found from its bytes, never from its name; folders and archives are looked into.");
    out += ".Pp\nOptions of every command:\n.Bl -tag -width Ds\n";
    for (const Option& o : every_option())
        if (o.commands.empty()) out += option_item(o);
    out += ".El\n.Sh COMMANDS\n";
    for (const Command& c : every_command()) out += command_section(c);
    out +=
        ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev NO_COLOR\nWhere it is set and not empty, a terminal gets no "
        "colour.\n"
        ".It Ev COLUMNS\nHow wide a terminal is, where it is set.\n.It Ev TZ\nThe zone that\n.Fl \\-tz Ar "
        "local\nmeans.\n.El\n";
    return out + exit_section() + examples_section();
}

}  // namespace rdpdx::app
