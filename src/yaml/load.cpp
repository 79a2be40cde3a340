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
    explicit Builder(std::vector<Value>& values) : values_{values} {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, Node::Kind::empty); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refused{mark, "aliases are not read here"}; }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        Value& added = add(mark, anchor, Node::Kind::scalar);
        added.text = value;
        added.quoted = tag == "!";
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::list);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::map);
    }
    void OnMapEnd() override { open_.pop_back(); }

private:
    // The parser says "?" for a plain value and "!" for a quoted one.
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") throw Refused{mark, "tags are not read here"};
    }
    Value& add(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
        if (anchor != YAML::NullAnchor) throw Refused{mark, "anchors are not read here"};
        if (!open_.empty()) values_[open_.back()].children.push_back(values_.size());
        values_.push_back({kind, mark.line + 1, mark.column + 1, {}, false, {}});
        return values_.back();
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
        refuse_tag(mark, tag);
        if (open_.size() >= kMaxDepth) throw Refused{mark, "nested too deeply"};
        add(mark, anchor, kind);
        open_.push_back(values_.size() - 1);
    }

    std::vector<Value>& values_;
    std::vector<std::size_t> open_;  // lists and maps around the place we are at
};

Problem problem_at(const File& file, const YAML::Mark& mark, std::string text) {
    if (mark.is_null()) return {file.name, 1, 1, std::move(text)};
    return {file.name, mark.line + 1, mark.column + 1, std::move(text)};
}

// The first document's values; a second one is a problem.
std::optional<Problem> parse(const File& file, std::vector<Value>& values) {
    if (file.text.size() > kMaxFile) return Problem{file.name, 1, 1, "the file is larger than 1 MiB"};
    try {
        std::istringstream in{file.text};
        YAML::Parser parser{in};
        Builder builder{values};
        if (!parser.HandleNextDocument(builder) || values.empty()) return Problem{file.name, 1, 1, "the file is empty"};
        std::vector<Value> more;
        Builder second{more};
        if (parser.HandleNextDocument(second) && !more.empty())
            return Problem{file.name, more.front().line, more.front().column, "a second document begins here"};
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
    if (auto problem = parse(file, document->values)) {
        problems.push_back(std::move(*problem));
        return {};
    }
    return Node{std::move(document), 0};
}

}  // namespace rdpdx::yaml
