#include "src/yaml/yaml.hpp"

#include "tests/support/catch.hpp"

using namespace rdpdx;
using yaml::Problem;

namespace {

struct Loaded {
    std::vector<Problem> problems;
    std::optional<yaml::Node> root;
    explicit Loaded(std::string text) : root{yaml::load({"rules/x.yaml", std::move(text)}, problems)} {}
    std::string said() const { return problems.empty() ? "" : to_text(problems.front()); }
};

}  // namespace

TEST_CASE("a file that was read before says what its text says, mistakes with their places too") {
    const Loaded file{"a: [1, {b: x}, ~]\nc:\n  d: text\n  e: []\nwrong: 5\n"};
    REQUIRE(file.root);
    std::vector<Problem> problems;
    const auto again = yaml::load({"rules/x.yaml", {}, file.root->values()}, problems);
    REQUIRE(again);
    const auto told = [](const yaml::Node& root) {
        root.keys({"a", "c"});
        std::vector<std::string> out;
        for (const auto& item : root.child("a")->items()) out.push_back(item.is_map() ? *item.text("b") : "");
        for (const auto& [key, at, value] : root.child("c")->entries())
            out.push_back(key + std::to_string(at.line()) + (value.is_scalar() ? *value.as_text() : ""));
        return out;
    };
    CHECK(told(*again) == std::vector<std::string>{"", "x", "", "d3text", "e4"});
    CHECK(told(*file.root) == told(*again));
    REQUIRE(problems.size() == 2);  // told twice
    CHECK(problems.front() == file.problems.front());
    CHECK(problems.front().line == 5);
}

TEST_CASE("values come back as they are written") {
    Loaded file{
        "name: disconnected\n"
        "code: 0x904\n"
        "count: -12\n"
        "on: true\n"
        "one: a\n"
        "many: [a, b]\n"
        "folded: >-\n  two\n  lines\n"};
    REQUIRE(file.root);
    CHECK(file.root->text("name") == "disconnected");
    CHECK(file.root->integer("code") == 2308);
    CHECK(file.root->integer("count") == -12);
    CHECK(file.root->boolean("on") == true);
    CHECK(file.root->texts("one") == std::vector<std::string>{"a"});
    CHECK(file.root->texts("many") == std::vector<std::string>{"a", "b"});
    CHECK(file.root->text("folded") == "two lines");
    CHECK(file.root->optional_text("absent") == std::nullopt);
    CHECK(file.root->optional_texts("absent").empty());
    CHECK(file.problems.empty());
}

TEST_CASE("a map gives its keys in file order, each with its place") {
    Loaded file{"b: 1\na:\n  c: 2\n"};
    const auto entries = file.root->entries();
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].key == "b");
    CHECK(entries[1].key == "a");
    CHECK(entries[1].at.line() == 2);
    CHECK(entries[1].at.column() == 1);
    CHECK(entries[1].value.line() == 3);
    CHECK(entries[1].value.column() == 3);
}

TEST_CASE("an unknown key is named with its place and what was probably meant") {
    Loaded file{"when:\n    seeen: 1\n"};
    CHECK_FALSE(file.root->find("when")->keys({"seen", "not", "any"}));
    CHECK(file.said() ==
          "rules/x.yaml:2:5: unknown key 'seeen' (did you mean 'seen'?), expected one of seen, not, any");
}

TEST_CASE("a key far from all that are known gets no suggestion") {
    Loaded file{"zebra: 1\n"};
    file.root->keys({"seen", "not"});
    CHECK(file.said() == "rules/x.yaml:1:1: unknown key 'zebra', expected one of seen, not");
}

TEST_CASE("a key that is there twice is a problem, and the first one counts") {
    Loaded file{"a: 1\na: 2\n"};
    CHECK_FALSE(file.root->keys({"a"}));
    CHECK(file.said() == "rules/x.yaml:2:1: the key 'a' is there twice");
    CHECK(file.root->integer("a") == 1);
    CHECK(file.root->entries().size() == 1);
}

TEST_CASE("what is missing or of another kind is a problem where it stands") {
    struct Row {
        const char* text;
        void (*read)(const yaml::Node&);
        const char* said;
    };
    const auto row = GENERATE(values<Row>({
        {"a: 1\n", [](const yaml::Node& n) { (void)n.text("b"); }, "rules/x.yaml:1:1: the key 'b' is missing"},
        {"a: [1]\n", [](const yaml::Node& n) { (void)n.text("a"); }, "rules/x.yaml:1:4: expected a text, found a list"},
        {"a:\n", [](const yaml::Node& n) { (void)n.text("a"); }, "rules/x.yaml:2:1: expected a text, found nothing"},
        {"a: 12x\n", [](const yaml::Node& n) { (void)n.integer("a"); },
         "rules/x.yaml:1:4: expected a number, decimal or 0x hex, found '12x'"},
        {"a: yes\n", [](const yaml::Node& n) { (void)n.boolean("a"); },
         "rules/x.yaml:1:4: expected true or false, found 'yes'"},
        {"a: {b: 1}\n", [](const yaml::Node& n) { (void)n.texts("a"); },
         "rules/x.yaml:1:4: expected a text or a list of texts, found a map"},
        {"a: [b, [c]]\n", [](const yaml::Node& n) { (void)n.texts("a"); },
         "rules/x.yaml:1:8: expected a text, found a list"},
        {"- a\n", [](const yaml::Node& n) { n.keys({"a"}); }, "rules/x.yaml:1:1: expected a map, found a list"},
        {"- a\n", [](const yaml::Node& n) { (void)n.entries(); }, "rules/x.yaml:1:1: expected a map, found a list"},
        {"a: 1\n", [](const yaml::Node& n) { (void)n.items(); }, "rules/x.yaml:1:1: expected a list, found a map"},
        {"[a]: 1\n", [](const yaml::Node& n) { n.keys({"a"}); },
         "rules/x.yaml:1:1: a key must be a single value, found a list"},
    }));
    Loaded file{row.text};
    REQUIRE(file.root);
    row.read(*file.root);
    CHECK(file.said() == row.said);
    CHECK(file.problems.size() == 1);
}

TEST_CASE("a file that cannot be read is one problem with line and column") {
    struct Row {
        std::string text, said;
    };
    const auto row = GENERATE(values<Row>({
        {"", "rules/x.yaml:1:1: the file is empty"},
        {"# only a comment\n", "rules/x.yaml:1:1: the file is empty"},
        {"a: &x 1\nb: 2\n", "rules/x.yaml:1:4: anchors are not read here"},
        {"a: 1\nb: !!binary aGk=\n", "rules/x.yaml:2:4: tags are not read here"},
        {"a: 1\n---\nb: 2\n", "rules/x.yaml:3:1: a second document begins here"},
        {std::string(40, '[') + std::string(40, ']'), "rules/x.yaml:1:33: nested too deeply"},
        {"a: " + std::string(yaml::kMaxFile, 'x'), "rules/x.yaml:1:1: the file is larger than 1 MiB"},
    }));
    const Loaded file{row.text};
    CHECK_FALSE(file.root);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.said() == row.said);
}

TEST_CASE("a syntax error points into the file") {
    const Loaded file{"a: 1\nb: [1, 2\nc: 3\n"};
    CHECK_FALSE(file.root);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.front().line >= 2);
    CHECK_FALSE(file.problems.front().text.empty());
}

TEST_CASE("an alias bomb is refused before it grows") {
    const Loaded file{"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"};
    CHECK_FALSE(file.root);
    CHECK(file.problems.size() == 1);
}

TEST_CASE("numbers outside 64 bits and bare signs are not numbers") {
    const auto text = GENERATE("", "-", "0x", "+1", "9223372036854775808", "0x8000000000000000", "1 ", "0b1", "--1");
    CHECK_FALSE(yaml::read_integer(text));
}

TEST_CASE("the largest numbers are read") {
    CHECK(yaml::read_integer("9223372036854775807") == INT64_MAX);
    CHECK(yaml::read_integer("0x80070040") == 2147942464);
    CHECK(yaml::read_integer("-1") == -1);
}

TEST_CASE("a megabyte of one character is read or refused without harm") {
    const char c = GENERATE('[', '{', '-', '?', ':', '"', '\n', ' ', '|', '&', '*', ',', '%', '\0', '\xFF', '\t');
    const Loaded file{std::string(yaml::kMaxFile, c)};
    CHECK(file.problems.size() + (file.root ? 1 : 0) == 1);
}

TEST_CASE("a megabyte of nested lists is refused without harm") {
    const std::string piece = GENERATE("- ", "? ", "a: ", "[a, ", "{a: ", "- - ? ", "!a ", "--- \n", "'");
    std::string text;
    while (text.size() + piece.size() <= yaml::kMaxFile) text += piece;
    const Loaded file{text};
    CHECK(file.problems.size() + (file.root ? 1 : 0) == 1);
}
