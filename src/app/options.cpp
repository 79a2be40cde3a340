#include "src/app/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>

#include "src/app/help.hpp"
#include "src/app/option_table.hpp"
#include "src/app/words.hpp"

namespace rdpdx::app {
namespace {

namespace po = boost::program_options;

po::options_description description(std::string_view command) {
    po::options_description out;
    for (const Option& o : options_of(command)) {
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
        for (const Option& o : every_option())
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

std::optional<unsigned> number(const std::string& text, unsigned largest) {
    if (text.empty() || text.size() > 9) return {};
    unsigned value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= largest ? std::optional{value} : std::nullopt;
}

When when(std::string_view text) {
    return text == "always" ? When::always : text == "never" ? When::never : When::automatic;
}

template <class Member>
struct Copied {
    const char* name;
    Member Options::*to;
};
template <class Member>
Copied(const char*, Member Options::*) -> Copied<Member>;
constexpr std::array kTexts{
    Copied{"format", &Options::format},
    Copied{"filter", &Options::filter},
    Copied{"rules", &Options::rules},
    Copied{"client", &Options::client},
    Copied{"server", &Options::server},
    Copied{"user", &Options::user},
    Copied{"from", &Options::from},
    Copied{"to", &Options::to},
    Copied{"out", &Options::out},
    Copied{"shard", &Options::shard},
    Copied{"tz", &Options::tz},
    Copied{"explain-rules", &Options::explain_rules},
    Copied{"recover", &Options::recover},
    Copied{"decrypt", &Options::decrypt},
    Copied{"redact-key", &Options::redact_key},
    Copied{"redact-map", &Options::redact_map},
};
constexpr std::array kLists{
    Copied{"output", &Options::files},       Copied{"keylog", &Options::key_logs},
    Copied{"rsa-key", &Options::rsa_keys},   Copied{"channel", &Options::channels},
    Copied{"provider", &Options::providers}, Copied{"id", &Options::ids},
    Copied{"computer", &Options::computers}, Copied{"field", &Options::fields},
    Copied{"argument", &Options::arguments}, Copied{"archive-password-file", &Options::archive_passwords},
};
constexpr std::array kFlags{
    Copied{"resume", &Options::resume}, Copied{"relevant", &Options::relevant},
    Copied{"quiet", &Options::quiet},   Copied{"verbose", &Options::verbose},
    Copied{"help", &Options::help},     Copied{"exit-code", &Options::exit_code},
    Copied{"open", &Options::open},     Copied{"version", &Options::version},
    Copied{"redact", &Options::redact},
};

std::string text_of(const po::variables_map& map, const char* name) {
    return map.count(name) ? map[name].as<std::string>() : std::string{};
}

// Numbers and words out of a few; the sentence is what is wrong.
std::string take_numbers(const po::variables_map& map, Options& out) {
    struct Number {
        const char* name;
        unsigned most;
        unsigned* to;
    };
    unsigned port = 0;
    for (const auto& n :
         {Number{"port", 65535, &port}, Number{"jobs", 256, &out.jobs}, Number{"width", 1000, &out.width},
          Number{"case-time", 1'000'000, &out.case_time}, Number{"case-memory", 1'000'000, &out.case_memory},
          Number{"memory", 100'000'000, &out.memory}}) {
        const auto text = text_of(map, n.name);
        if (text.empty()) continue;
        const auto read = number(text, n.most);
        if (!read || *read == 0) return fmt::format("--{} takes 1 to {}, not '{}'", n.name, n.most, text);
        *n.to = *read;
    }
    if (port != 0) out.port = static_cast<std::uint16_t>(port);
    return {};
}

// "auto, always or never"
std::string alternatives(std::string_view words) {
    std::string out{words};
    for (auto at = out.find(' '); at != std::string::npos; at = out.find(' ', at + 2)) out.replace(at, 1, ", ");
    if (const auto last = out.rfind(", "); last != std::string::npos) out.replace(last, 2, " or ");
    return out;
}

std::string take_words(const po::variables_map& map, Options& out) {
    for (const Option& o : options_of(out.command)) {
        const auto value = o.choices.empty() ? std::string{} : text_of(map, std::string{long_name(o)}.c_str());
        if (!value.empty() && !has_word(o.choices, value))
            return fmt::format("--{} takes {}, not '{}'", long_name(o), alternatives(o.choices), value);
    }
    out.color = when(text_of(map, "color"));
    out.progress = when(text_of(map, "progress"));
    return {};
}

// Copies values out of the map; the sentence is what is wrong.
std::string take_values(const po::variables_map& map, Options& out) {
    for (const auto& c : kTexts) out.*c.to = text_of(map, c.name);
    for (const auto& c : kLists)
        if (map.count(c.name)) out.*c.to = map[c.name].as<std::vector<std::string>>();
    for (const auto& c : kFlags) out.*c.to = map.count(c.name) != 0 && map[c.name].as<bool>();
    if (auto wrong = take_numbers(map, out); !wrong.empty()) return wrong;
    return take_words(map, out);
}

std::string check(const Command& command, Options& out) {
    if (!out.format.empty() && !has_word(command.formats, out.format))
        return fmt::format("'{}' cannot print '{}'; it has: {}", command.name, out.format, command.formats);
    if (out.arguments.empty()) return fmt::format("'{}' needs {}", command.name, command.arguments);
    if (!out.redact && !(out.redact_key.empty() && out.redact_map.empty()))
        return fmt::format("{} needs --redact", out.redact_key.empty() ? "--redact-map" : "--redact-key");
    if (out.files.size() > 1 && command.name != "analyze" && command.name != "timeline")
        return fmt::format("'{}' takes one --output", command.name);
    for (auto at = out.files.begin(); at != out.files.end(); ++at)
        if (std::find(out.files.begin(), at, *at) != at) return fmt::format("--output '{}' is given twice", *at);
    out.targets = targets_of(command.formats, out.format, out.files);
    out.format = out.targets.front().format;
    out.output = out.targets.front().path;
    const auto html =
        std::ranges::any_of(out.targets, [](const Target& t) { return t.format == "html" && !t.path.empty(); });
    if (out.open && !html) return "--open shows an HTML file, so it needs one: -o ticket.html";
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
        if (!has_help(arguments[1]))
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

}  // namespace rdpdx::app
