#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "src/yaml/document.hpp"

namespace rdpdx::yaml {
namespace {

std::string_view name_of(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::empty:
            return "nothing";
        case Node::Kind::scalar:
            return "a single value";
        case Node::Kind::list:
            return "a list";
        case Node::Kind::map:
            return "a map";
    }
    return "nothing";
}

// Goes over the keys of a map, each with its value.
struct Pair {
    std::span<const Value> values;
    std::size_t map, key{map + 1};
    explicit operator bool() const { return key < values[map].end; }
    std::size_t value() const { return values[key].end; }
    void next() { key = values[value()].end; }
};

// Levenshtein's distance, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string to_text(const Problem& problem) {
    if (problem.line == 0) return fmt::format("{}: {}", problem.file, problem.text);
    return fmt::format("{}:{}:{}: {}", problem.file, problem.line, problem.column, problem.text);
}

std::string list_of(std::span<const std::string_view> known) {
    return fmt::format("{}", fmt::join(known.begin(), known.end(), ", "));
}

std::string_view nearest(std::string_view wrong, std::span<const std::string_view> known) {
    constexpr std::size_t kLongestWord = 64;
    if (wrong.size() > kLongestWord) return {};
    std::string_view best;
    std::size_t least = std::max<std::size_t>(2, wrong.size() / 3) + 1;
    for (const std::string_view word : known) {
        const std::size_t d = distance(wrong, word);
        if (d < least && d < word.size()) {
            least = d;
            best = word;
        }
    }
    return best;
}

std::optional<std::int64_t> read_integer(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return {};
    return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

Node::Kind Node::kind() const noexcept { return document_->values[index_].kind; }
int Node::line() const noexcept { return document_->values[index_].line; }
int Node::column() const noexcept { return document_->values[index_].column; }
const std::string& Node::file() const noexcept { return document_->file; }
std::span<const Value> Node::values() const noexcept { return document_->values; }

void Node::problem(std::string text) const {
    document_->problems->push_back({document_->file, line(), column(), std::move(text)});
}

bool Node::expect(Kind wanted, std::string_view what) const {
    if (kind() == wanted) return true;
    problem(fmt::format("expected {}, found {}", what, name_of(kind())));
    return false;
}

std::optional<std::string> Node::as_text() const {
    if (!expect(Kind::scalar, "a text")) return {};
    return std::string{document_->values[index_].text};
}

std::optional<std::int64_t> Node::as_integer() const {
    if (!expect(Kind::scalar, "a number")) return {};
    const std::string_view text = document_->values[index_].text;
    const auto value = read_integer(text);
    if (!value) problem(fmt::format("expected a number, decimal or 0x hex, found '{}'", text));
    return value;
}

std::optional<bool> Node::as_boolean() const {
    if (!expect(Kind::scalar, "true or false")) return {};
    const std::string_view text = document_->values[index_].text;
    if (text == "true") return true;
    if (text == "false") return false;
    problem(fmt::format("expected true or false, found '{}'", text));
    return {};
}

std::vector<std::string> Node::as_texts() const {
    std::vector<std::string> out;
    if (is_scalar()) {
        out.emplace_back(document_->values[index_].text);
    } else if (expect(Kind::list, "a text or a list of texts")) {
        for (const Node& item : items())
            if (auto text = item.as_text()) out.push_back(std::move(*text));
    }
    return out;
}

std::vector<Node> Node::items() const {
    std::vector<Node> out;
    if (!expect(Kind::list, "a list")) return out;
    const auto values = document_->values;
    for (std::size_t at = index_ + 1; at < values[index_].end; at = values[at].end) out.push_back(Node{document_, at});
    return out;
}

std::vector<Entry> Node::entries() const {
    std::vector<Entry> out;
    if (!expect(Kind::map, "a map")) return out;
    const auto values = document_->values;
    for (Pair pair{values, index_}; pair; pair.next()) {
        const Node key{document_, pair.key};
        const std::string_view name = values[pair.key].text;
        if (!key.is_scalar() || std::ranges::find(out, name, &Entry::key) != out.end()) continue;
        out.push_back({std::string{name}, key, Node{document_, pair.value()}});
    }
    return out;
}

bool Node::keys(std::span<const std::string_view> allowed) const {
    if (!expect(Kind::map, "a map")) return false;
    bool good = true;
    std::vector<std::string_view> seen;
    const auto wrong = [&](std::size_t key, std::string text) {
        good = false;
        Node{document_, key}.problem(std::move(text));
    };
    for (Pair pair{document_->values, index_}; pair; pair.next()) {
        const Value& key = document_->values[pair.key];
        if (key.kind != Kind::scalar) {
            wrong(pair.key, fmt::format("a key must be a single value, found {}", name_of(key.kind)));
        } else if (std::ranges::find(allowed, key.text) == allowed.end()) {
            const auto meant = nearest(key.text, allowed);
            const auto hint = meant.empty() ? std::string{} : fmt::format(" (did you mean '{}'?)", meant);
            wrong(pair.key, fmt::format("unknown key '{}'{}, expected one of {}", key.text, hint, list_of(allowed)));
        } else if (std::ranges::find(seen, key.text) != seen.end()) {
            wrong(pair.key, fmt::format("the key '{}' is there twice", key.text));
        } else {
            seen.push_back(key.text);
        }
    }
    return good;
}

std::optional<Node> Node::find(std::string_view key) const noexcept {
    const auto values = document_->values;
    if (values[index_].kind != Kind::map) return {};
    for (Pair pair{values, index_}; pair; pair.next()) {
        const Value& name = values[pair.key];
        if (name.kind == Kind::scalar && name.text == key) return Node{document_, pair.value()};
    }
    return {};
}

std::optional<Node> Node::child(std::string_view key) const {
    if (!expect(Kind::map, "a map")) return {};
    auto found = find(key);
    if (!found) problem(fmt::format("the key '{}' is missing", key));
    return found;
}

std::optional<std::string> Node::text(std::string_view key) const {
    const auto at = child(key);
    return at ? at->as_text() : std::nullopt;
}
std::optional<std::string> Node::optional_text(std::string_view key) const {
    const auto at = find(key);
    return at ? at->as_text() : std::nullopt;
}
std::optional<std::int64_t> Node::integer(std::string_view key) const {
    const auto at = child(key);
    return at ? at->as_integer() : std::nullopt;
}
std::optional<std::int64_t> Node::optional_integer(std::string_view key) const {
    const auto at = find(key);
    return at ? at->as_integer() : std::nullopt;
}
std::optional<bool> Node::boolean(std::string_view key) const {
    const auto at = child(key);
    return at ? at->as_boolean() : std::nullopt;
}
std::optional<bool> Node::optional_boolean(std::string_view key) const {
    const auto at = find(key);
    return at ? at->as_boolean() : std::nullopt;
}
std::vector<std::string> Node::texts(std::string_view key) const {
    const auto at = child(key);
    return at ? at->as_texts() : std::vector<std::string>{};
}
std::vector<std::string> Node::optional_texts(std::string_view key) const {
    const auto at = find(key);
    return at ? at->as_texts() : std::vector<std::string>{};
}

}  // namespace rdpdx::yaml
