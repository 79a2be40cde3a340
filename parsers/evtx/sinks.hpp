// Where the fields of an event go: text of a JSON list, values, or the values of some names.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "parsers/events/event.hpp"
#include "parsers/evtx/plan.hpp"

namespace rdpdx::evtx {

// {"name":"...","value":"..."}, one after the other, each with a comma behind it.
class JsonSink {
public:
    explicit JsonSink(TextBuffer& out) : out_{&out} {}
    static constexpr Dress kDress = Dress::json;

    void constant(const Plan& plan, const Op& op) { open(plan, op.open); }
    void begin(const Plan& plan, const Op& op) {
        field_ = out_->size();
        open(plan, op.open);
        value_ = out_->size();
    }
    void begin(std::string_view name) {
        field_ = out_->size();
        out_->add("{\"name\":\"");
        out_->add(prefix_);
        out_->add(dressed(Dress::json, name));
        out_->add("\",\"value\":\"");
        value_ = out_->size();
    }
    TextBuffer& text() { return *out_; }
    std::string_view value() const { return out_->from(value_); }
    void end() { out_->add("\"},"); }
    void drop() { out_->cut(field_); }
    std::size_t size() const { return out_->size(); }

    std::string enter(std::string_view name) {
        std::string before = prefix_;
        prefix_ += dressed(Dress::json, name) + "/";
        return before;
    }
    void leave(std::string before) { prefix_ = std::move(before); }

private:
    void open(const Plan& plan, Range range) {
        if (!prefix_.empty()) {
            plan.add({range.at, kNameAt}, *out_);
            out_->add(prefix_);
            range = {range.at + kNameAt, range.size - kNameAt};
        }
        plan.add(range, *out_);
    }
    TextBuffer* out_;
    std::string prefix_;
    std::size_t field_{}, value_{};
};

// events::Field values.
class FieldSink {
public:
    FieldSink(std::vector<events::Field>& fields, TextBuffer& scratch) : fields_{&fields}, text_{&scratch} {}
    static constexpr Dress kDress = Dress::plain;

    void constant(const Plan& plan, const Op& op) {
        fields_->push_back({prefix_ + std::string{plan.text(op.name)}, std::string{plan.text(op.close)}});
    }
    void begin(const Plan& plan, const Op& op) { begin(plan.text(op.name)); }
    void begin(std::string_view name) {
        name_ = prefix_ + std::string{name};
        text_->clear();
    }
    TextBuffer& text() { return *text_; }
    std::string_view value() const { return text_->view(); }
    void end() {
        size_ += text_->size() + name_.size();
        fields_->push_back({std::move(name_), std::string{text_->view()}});
    }
    void drop() {}
    std::size_t size() const { return size_; }

    std::string enter(std::string_view name) {
        std::string before = prefix_;
        prefix_ += std::string{name} + "/";
        return before;
    }
    void leave(std::string before) { prefix_ = std::move(before); }

private:
    std::vector<events::Field>* fields_;
    TextBuffer* text_;
    std::string prefix_, name_;
    std::size_t size_{};
};

// What a question about an event needs: the first value of each of some names. Kept from record to record, so that
// asking costs no memory.
class FieldChoice {
public:
    explicit FieldChoice(std::vector<std::string> names) {
        for (std::string& name : names) asked_.push_back({std::move(name), {}, false});
    }
    // Null where the event has no such field, or none was asked for.
    const std::string* value(std::string_view name) const noexcept {
        const auto at = std::ranges::find(asked_, name, &Asked::name);
        return at != asked_.end() && at->there ? &at->value : nullptr;
    }
    void forget() noexcept {
        for (Asked& asked : asked_) asked.there = false;
        missing_ = asked_.size();
    }
    bool complete() const noexcept { return missing_ == 0; }
    bool wants(std::string_view name) const noexcept {
        return std::ranges::any_of(asked_, [&](const Asked& asked) { return asked.name == name; });
    }
    // Whether a field of this name, or one inside it, is asked for.
    bool concerned_by(std::string_view name) const noexcept {
        return std::ranges::any_of(asked_, [&](const Asked& asked) {
            return asked.name.starts_with(name) && (asked.name.size() == name.size() || asked.name[name.size()] == '/');
        });
    }
    // Whether a field that is named by its number is asked for.
    bool numbered() const noexcept {
        return std::ranges::any_of(asked_, [](const Asked& asked) { return asked.name.starts_with("Data["); });
    }
    void offer(std::string_view name, std::string_view value) {
        const auto at = std::ranges::find(asked_, name, &Asked::name);
        if (at == asked_.end() || at->there) return;
        at->value = value;
        at->there = true;
        --missing_;
    }

private:
    struct Asked {
        std::string name, value;
        bool there{};
    };
    std::vector<Asked> asked_;
    std::size_t missing_{};
};

class ChoiceSink {
public:
    ChoiceSink(FieldChoice& choice, TextBuffer& scratch) : choice_{&choice}, text_{&scratch} {}
    static constexpr Dress kDress = Dress::plain;

    bool complete() const noexcept { return choice_->complete(); }
    // False if the field need not become text.
    bool wants(std::string_view name) const { return !prefix_.empty() || choice_->wants(name); }
    void constant(const Plan& plan, const Op& op) {
        if (!wants(plan.text(op.name))) return;
        begin(plan, op);
        choice_->offer(name_, plan.text(op.close));
    }
    void begin(const Plan& plan, const Op& op) { begin(plan.text(op.name)); }
    void begin(std::string_view name) {
        name_ = prefix_;
        name_ += name;
        text_->clear();
    }
    TextBuffer& text() { return *text_; }
    std::string_view value() const { return text_->view(); }
    void end() {
        size_ += text_->size() + name_.size();
        choice_->offer(name_, text_->view());
    }
    void drop() {}
    std::size_t size() const { return size_; }

    std::string enter(std::string_view name) {
        std::string before = prefix_;
        prefix_ += std::string{name} + "/";
        return before;
    }
    void leave(std::string before) { prefix_ = std::move(before); }

private:
    FieldChoice* choice_;
    TextBuffer* text_;
    std::string prefix_, name_;
    std::size_t size_{};
};

}  // namespace rdpdx::evtx
