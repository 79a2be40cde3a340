#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "src/yaml/document.hpp"

namespace rdpdx::yaml {
namespace {

// Leaves the parser, which has no other way out; caught in load().
struct Refused {
    YAML::Mark mark;
    const char* text;
};

// Builds the tree from the parser's events, so nothing is ever built that we refuse.
class Builder final : public YAML::EventHandler {
public:
    explicit Builder(Document& document) : values_{document.own}, texts_{document.texts} {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, Node::Kind::empty); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refused{mark, "aliases are not read here"}; }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        add(mark, anchor, Node::Kind::scalar);
        values_.back().text = texts_.emplace_back(value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::map);
    }
    void OnMapEnd() override { close(); }

private:
    // The parser says "?" for a plain value and "!" for a quoted one.
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") throw Refused{mark, "tags are not read here"};
    }
    void add(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
        if (anchor != YAML::NullAnchor) throw Refused{mark, "anchors are not read here"};
        values_.push_back({kind, mark.line + 1, mark.column + 1, values_.size() + 1, {}});
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
        refuse_tag(mark, tag);
        if (open_.size() >= kMaxDepth) throw Refused{mark, "nested too deeply"};
        add(mark, anchor, kind);
        open_.push_back(values_.size() - 1);
    }
    void close() {
        values_[open_.back()].end = values_.size();
        open_.pop_back();
    }

    std::vector<Value>& values_;
    std::deque<std::string>& texts_;
    std::vector<std::size_t> open_;  // lists and maps around the place we are at
};

Problem problem_at(const File& file, const YAML::Mark& mark, std::string text) {
    if (mark.is_null()) return {file.name, 1, 1, std::move(text)};
    return {file.name, mark.line + 1, mark.column + 1, std::move(text)};
}

// The first document of the file; a second one is a problem.
std::optional<Problem> parse(const File& file, Document& document) {
    if (file.text.size() > kMaxFile) return Problem{file.name, 1, 1, "the file is larger than 1 MiB"};
    try {
        std::istringstream in{file.text};
        YAML::Parser parser{in};
        Builder builder{document};
        if (!parser.HandleNextDocument(builder) || document.own.empty())
            return Problem{file.name, 1, 1, "the file is empty"};
        Document more;
        Builder second{more};
        if (parser.HandleNextDocument(second) && !more.own.empty())
            return Problem{file.name, more.own.front().line, more.own.front().column, "a second document begins here"};
    } catch (const Refused& refused) {
        return problem_at(file, refused.mark, refused.text);
    } catch (const YAML::Exception& error) {
        return problem_at(file, error.mark, error.msg);
    }
    return {};
}

}  // namespace

std::optional<Node> load(const File& file, std::vector<Problem>& problems) {
    auto document = std::make_shared<Document>();
    document->file = file.name;
    document->problems = &problems;
    document->values = file.values;
    if (file.values.empty()) {
        if (auto problem = parse(file, *document)) {
            problems.push_back(std::move(*problem));
            return {};
        }
        document->values = document->own;
    }
    return Node{std::move(document), 0};
}

}  // namespace rdpdx::yaml
