// YAML read with suspicion: whoever reads a file through this says which keys it knows, and every mistake is a sentence
// with file, line and column. Anchors, aliases, tags and second documents are refused, so a file cannot be larger
// inside than it is outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::yaml {

inline constexpr std::size_t kMaxFile = std::size_t{1} << 20;  // bytes
inline constexpr std::size_t kMaxDepth = 32;

struct Problem {
    std::string file;
    int line{}, column{};  // from 1; 0 if it is about the file as a whole
    std::string text;
    friend bool operator==(const Problem&, const Problem&) = default;
};

// "rules/x.yaml:12:5: unknown key 'seeen' (did you mean 'seen'?), expected one of seen, not, any"
std::string to_text(const Problem& problem);

struct Value;

struct File {
    std::string name;  // as problems name it
    std::string text;
    std::span<const Value> values{};  // instead of the text, where that was read before; they outlive all nodes
};

struct Document;
struct Entry;

// One place in a file. Cheap to copy; the file's content lives as long as any node of it. Problems go to the vector
// that load() was given, which must outlive its nodes.
class Node {
public:
    enum class Kind : std::uint8_t { empty, scalar, list, map };  // empty: no value, '~' or 'null'

    Kind kind() const noexcept;
    bool is_map() const noexcept { return kind() == Kind::map; }
    bool is_list() const noexcept { return kind() == Kind::list; }
    bool is_scalar() const noexcept { return kind() == Kind::scalar; }
    int line() const noexcept;
    int column() const noexcept;
    const std::string& file() const noexcept;
    // All values of the file. They live as long as any node of it.
    std::span<const Value> values() const noexcept;
    // Adds a problem at this node's place.
    void problem(std::string text) const;

    // What this node is. Anything else is reported as a problem and gives nothing.
    std::optional<std::string> as_text() const;
    std::optional<std::int64_t> as_integer() const;  // decimal or 0x hex, with or without minus
    std::optional<bool> as_boolean() const;          // true or false, nothing else
    std::vector<std::string> as_texts() const;       // a scalar counts as a list of one
    std::vector<Node> items() const;                 // of a list
    std::vector<Entry> entries() const;              // of a map, in file order; a key that is there twice comes once

    // Reports what is not a map, and each key that is unknown or there twice. Returns whether all was well.
    bool keys(std::span<const std::string_view> allowed) const;
    bool keys(std::initializer_list<std::string_view> allowed) const {
        return keys(std::span{allowed.begin(), allowed.size()});
    }

    // Values of a map's keys. find and optional_... give nothing where the key is absent; the others report that.
    bool has(std::string_view key) const noexcept { return find(key).has_value(); }
    std::optional<Node> find(std::string_view key) const noexcept;
    std::optional<Node> child(std::string_view key) const;
    std::optional<std::string> text(std::string_view key) const;
    std::optional<std::string> optional_text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<std::int64_t> optional_integer(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    std::optional<bool> optional_boolean(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    std::vector<std::string> optional_texts(std::string_view key) const;

private:
    friend std::optional<Node> load(const File&, std::vector<Problem>&);
    Node(std::shared_ptr<const Document> document, std::size_t index) noexcept
        : document_{std::move(document)}, index_{index} {}
    bool expect(Kind kind, std::string_view what) const;

    std::shared_ptr<const Document> document_;
    std::size_t index_;
};

struct Entry {
    std::string key;
    Node at;  // the key itself: where to point when the key is wrong
    Node value;
};

// What a file comes to: its values in file order, the root first. A map's children are key, value, key, value...
struct Value {
    Node::Kind kind{};
    int line{}, column{};   // from 1
    std::size_t end{};      // the index after the last value inside of this one; children lie between
    std::string_view text;  // of a scalar
};

// The root of the file's only document, or nothing and a problem.
std::optional<Node> load(const File& file, std::vector<Problem>& problems);

// A number as rule files write it: decimal or 0x hex, with or without minus, nothing around it.
std::optional<std::int64_t> read_integer(std::string_view text) noexcept;

// "a, b, c"; and the one of `known` that `wrong` may have been meant to be, or empty.
std::string list_of(std::span<const std::string_view> known);
std::string_view nearest(std::string_view wrong, std::span<const std::string_view> known);

}  // namespace rdpdx::yaml
