// Writes a C++ source with what rule files say, so that the program does not read them each time it starts:
//   embed_rules OUT.cpp ROOT FILE...
// A file that cannot be read as YAML breaks the build, with its place.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "src/yaml/yaml.hpp"

using namespace rdpdx;
namespace {

std::string read_all(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?'; }

// A literal, a piece for each line since some compilers bound the length of one.
std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (is_plain(c))
            out += c;
        else
            out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        if (c == '\n') out += "\"\n\"";
    }
    return out + "\"";
}

void write_values(std::string& out, std::size_t file, std::span<const yaml::Value> values) {
    out += fmt::format("constexpr Value kFile{}[] = {{\n", file);
    for (const yaml::Value& v : values)
        out += fmt::format("{{static_cast<Node::Kind>({}), {}, {}, {}, {{{}, {}}}}},\n", static_cast<int>(v.kind),
                           v.line, v.column, v.end, literal(v.text), v.text.size());
    out += "};\n";
}

// Empty where a file cannot be embedded.
std::string source(const std::string& root, std::span<char*> names) {
    std::string out =
        "// Made by cmake/embed_rules.cpp.\n#include \"src/app/shipped.hpp\"\n\nnamespace rdpdx::app {\n"
        "namespace {\nusing yaml::Node;\nusing yaml::Value;\n";
    std::string table;
    std::vector<yaml::Problem> problems;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto document = yaml::load({names[i], read_all(root + "/" + names[i])}, problems);
        if (!document) continue;
        write_values(out, i, document->values());
        table += fmt::format("    {{\"{}\", kFile{}}},\n", names[i], i);
    }
    for (const yaml::Problem& problem : problems) fmt::print(stderr, "{}/{}\n", root, yaml::to_text(problem));
    if (!problems.empty()) return {};
    return out + "constexpr ShippedRules kShipped[] = {\n" + table +
           "};\n}  // namespace\n\nstd::span<const ShippedRules> shipped_rules() { return kShipped; }\n\n"
           "}  // namespace rdpdx::app\n";
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) return 2;
    const std::span<char*> given{arguments, static_cast<std::size_t>(count)};
    const std::string text = source(given[2], given.subspan(3));
    if (text.empty()) return 1;
    std::ofstream out{given[1], std::ios::binary};
    out << text;
    return out.flush() ? 0 : 1;
}
