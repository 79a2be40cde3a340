#include "parsers/evtx/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

bool blank(std::string_view text) noexcept { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

void Renderer::begin(bytes::View chunk, std::vector<std::string>& problems, std::size_t written) {
    constexpr std::size_t kFewSteps = 5'000, kLittleText = std::size_t{1} << 18;
    chunk_steps_ += steps_;
    chunk_text_ += text_;
    const bool generous = chunk_steps_ < kMaxChunkSteps && chunk_text_ < kMaxChunkText;
    steps_limit_ = generous ? kMaxSteps : kFewSteps;
    text_limit_ = generous ? kMaxRecordText : kLittleText;
    chunk_ = chunk;
    problems_ = &problems;
    written_before_ = written;
    steps_ = text_ = unnamed_ = 0;
    cut_ = false;
}

void Renderer::problem(std::string text) {
    constexpr std::size_t kMaxProblems = 8;
    if (problems_->size() < kMaxProblems) problems_->push_back(std::move(text));
}

void Renderer::cut() {
    if (!cut_) problem("a record that unfolds to more than is sensible was cut");
    cut_ = true;
}

// The usual fragment of a value: one template instance, and values that all fit.
Template* Renderer::open_instance(Slot slot, unsigned depth) {
    if (depth == 0 && opened_ && opened_at_ == slot.offset) return opened_;
    if (depth == 0) opened_ = nullptr;
    const std::size_t end = std::size_t{slot.offset} + slot.size, first = skip_fragment_header(chunk_, slot.offset);
    if (u8_at(chunk_, first) != token::kTemplateInstance) return nullptr;
    const auto head = parse_instance_head(chunk_, first + 1, end);
    if (!head) return nullptr;
    const Values values = parse_values(chunk_, head->values, end, inner_[depth + 1]);
    Template* const found = templates_->of(head->definition, head->id);
    const bool last = values.end >= end || u8_at(chunk_, values.end) == token::kEndOfFragment;
    if (!values.whole || !found || !last || found->fragment.instances) return nullptr;
    if (depth == 0) {
        opened_ = found;
        opened_at_ = slot.offset;
    }
    return found;
}

Renderer::Inner Renderer::open(Slot slot, unsigned depth) {
    Inner out;
    if (depth + 1 >= kMaxNesting) {
        problem("BinXML values are nested too deeply");
        return out;
    }
    out.found = open_instance(slot, depth);
    if (out.found) {
        if (out.found->fragment.error)
            problem("a template definition is broken: " + bytes::describe(*out.found->fragment.error));
        return out;
    }
    const std::size_t at = slot.offset, end = at + slot.size;
    out.found = templates_->of_shape(at, end, inner_[depth + 1]);
    if (out.found) return out;
    const Fragment fragment = parse_fragment(chunk_, at, end);
    if (fragment.error) problem("a BinXML value is broken: " + bytes::describe(*fragment.error));
    Materialized whole = materialize(*templates_, chunk_, fragment.nodes, {});
    for (std::string& text : whole.problems) problem(std::move(text));
    out.nodes = std::move(whole.nodes);
    return out;
}

const Plan& Renderer::fields_of(Template& known, Section section) {
    auto& plan = known.plans.fields[static_cast<std::size_t>(section)];
    if (!plan) plan = std::make_unique<Plan>(compile_fields(known.fragment.nodes, section));
    return *plan;
}

template <class Sink>
void Renderer::nested(Slot slot, Section section, Sink& sink, unsigned depth) {
    if (slot.type != value_type::kBinXml) return;
    const Inner inner = open(slot, depth);
    if (!inner.found) {
        if (!inner.nodes.empty()) fields(compile_fields(inner.nodes, section), {}, sink, depth + 1);
        return;
    }
    fields(fields_of(*inner.found, section), inner_[depth + 1], sink, depth + 1);
}

template <class Sink>
void Renderer::field(const Plan& plan, const Op& op, std::span<const Slot> slots, Sink& sink, unsigned depth) {
    const Slot slot = slot_at(slots, op.slot);
    if (slot.null() && op.optional) return;
    if (op.kind == Op::Kind::unnamed || slot.type == value_type::kBinXml || slot.array())
        return rare_field(plan, op, slot, sink, depth);
    if constexpr (requires { sink.wants(plan.text(op.name)); })
        if (!sink.wants(plan.text(op.name))) return;
    sink.begin(plan, op);
    add_value<Sink::kDress>(sink.text(), chunk_, slot, recent_);
    return op.unless_empty && sink.value().empty() ? sink.drop() : sink.end();
}

// A field that has a number for a name, a list, or more fields within.
template <class Sink>
void Renderer::rare_field(const Plan& plan, const Op& op, Slot slot, Sink& sink, unsigned depth) {
    const bool numbered = op.kind == Op::Kind::unnamed;
    const auto begin = [&] { numbered ? sink.begin(fmt::format("Data[{}]", unnamed_++)) : sink.begin(plan, op); };
    if (slot.type == value_type::kBinXml) {
        const std::string name = numbered ? fmt::format("Data[{}]", unnamed_++) : std::string{plan.text(op.name)};
        std::string before = sink.enter(name);
        nested(slot, Section::elements, sink, depth);
        return sink.leave(std::move(before));
    }
    if constexpr (requires { sink.wants(plan.text(op.name)); })
        if (!numbered && !sink.wants(plan.text(op.name))) return;
    const bool items = slot.array() && slot.size > 0 && op.kind != Op::Kind::attribute;
    if (!items) {
        begin();
        add_value<Sink::kDress>(sink.text(), chunk_, slot, recent_);
        return op.unless_empty && sink.value().empty() ? sink.drop() : sink.end();
    }
    Items all{chunk_, slot};
    for (Slot item; all.next(item) && step(sink.size());) {
        begin();
        add_value<Sink::kDress>(sink.text(), chunk_, item, recent_);
        sink.end();
    }
}

template <class Sink>
void Renderer::mixed(const Plan& plan, const Op& op, std::span<const Slot> slots, Sink& sink, unsigned depth) {
    const Mixed& m = plan.mixed[op.count];
    std::string name = m.fixed_name;
    for (const Node& part : m.name) {
        scratch_.clear();
        if (part.kind == Node::Kind::slot)
            add_value<Dress::plain>(scratch_, chunk_, slot_at(slots, part.slot), recent_);
        name += part.kind == Node::Kind::slot ? scratch_.view() : std::string_view{part.text};
    }
    if (name.empty()) name = fmt::format("Data[{}]", unnamed_++);
    sink.begin(std::string_view{name});
    for (const Node& part : m.value) {
        const Slot slot = part.kind == Node::Kind::slot ? slot_at(slots, part.slot) : Slot{};
        if (part.kind == Node::Kind::text) sink.text().add(dressed(Sink::kDress, part.text));
        if (slot.type != value_type::kBinXml) add_value<Sink::kDress>(sink.text(), chunk_, slot, recent_);
    }
    const bool empty = sink.value().empty();
    if ((op.unless_empty && empty) || (m.unless_blank && blank(sink.value()))) {
        sink.drop();
    } else {
        sink.end();
    }
    for (const Node& part : m.value) {
        if (part.kind != Node::Kind::slot || slot_at(slots, part.slot).type != value_type::kBinXml) continue;
        std::string before = sink.enter(name);
        nested(slot_at(slots, part.slot), Section::elements, sink, depth);
        sink.leave(std::move(before));
    }
}

template <class Sink>
void Renderer::fields(const Plan& plan, std::span<const Slot> slots, Sink& sink, unsigned depth) {
    for (std::size_t i = 0; i < plan.ops.size(); ++i) {
        const Op& op = plan.ops[i];
        if (!step(sink.size())) return;
        if constexpr (requires { sink.complete(); })
            if (sink.complete()) return;
        switch (op.kind) {
            case Op::Kind::constant:
                sink.constant(plan, op);
                break;
            case Op::Kind::field:
            case Op::Kind::attribute:
            case Op::Kind::unnamed:
                field(plan, op, slots, sink, depth);
                break;
            case Op::Kind::mixed:
                mixed(plan, op, slots, sink, depth);
                break;
            case Op::Kind::guard:
                if (slot_at(slots, op.slot).null()) i += op.count;
                break;
            case Op::Kind::content: {
                const Slot slot = slot_at(slots, op.slot);
                if (slot.type == value_type::kBinXml) {
                    nested(slot, static_cast<Section>(op.count), sink, depth);
                } else if (!slot.null() && slot.size > 0 && !plan.text(op.name).empty()) {
                    field(plan, op, slots, sink, depth);
                }
                break;
            }
            default:
                break;
        }
    }
}
template void Renderer::fields(const Plan&, std::span<const Slot>, JsonSink&, unsigned);
template void Renderer::fields(const Plan&, std::span<const Slot>, FieldSink&, unsigned);
template void Renderer::fields(const Plan&, std::span<const Slot>, ChoiceSink&, unsigned);

void Renderer::nested_xml(Slot slot, TextBuffer& out, unsigned depth) {
    const Inner inner = open(slot, depth);
    if (!inner.found) return xml(compile_xml(inner.nodes), {}, out, depth + 1);
    auto& plan = inner.found->plans.xml;
    if (!plan) plan = std::make_unique<Plan>(compile_xml(inner.found->fragment.nodes));
    xml(*plan, inner_[depth + 1], out, depth + 1);
}

void Renderer::xml_element(const Plan& plan, const Op& op, Slot slot, TextBuffer& out, unsigned depth) {
    if (slot.null() && op.optional) return;
    Items items{chunk_, slot};
    Slot item = slot;
    const bool repeated = slot.array() && slot.size > 0;
    if (repeated && !items.next(item)) return;
    do {
        plan.add(op.open, out);
        if (item.type == value_type::kBinXml) {
            nested_xml(item, out, depth);
        } else {
            add_value<Dress::xml>(out, chunk_, item, recent_);
        }
        plan.add(op.close, out);
    } while (repeated && step(out.size()) && items.next(item));
}

void Renderer::xml(const Plan& plan, std::span<const Slot> slots, TextBuffer& out, unsigned depth) {
    for (std::size_t i = 0; i < plan.ops.size(); ++i) {
        const Op& op = plan.ops[i];
        const Slot slot = slot_at(slots, op.slot);
        if (!step(out.size())) return;
        switch (op.kind) {
            case Op::Kind::text:
                plan.add(op.open, out);
                break;
            case Op::Kind::guard:
                if (slot.null()) i += op.count;
                break;
            case Op::Kind::xml_attribute:
                if (slot.null() && op.optional) break;
                plan.add(op.open, out);
                add_value<Dress::xml>(out, chunk_, slot, recent_);
                plan.add(op.close, out);
                break;
            case Op::Kind::xml_value:
                if (slot.type == value_type::kBinXml) {
                    nested_xml(slot, out, depth);
                } else {
                    add_value<Dress::xml>(out, chunk_, slot, recent_);
                }
                break;
            case Op::Kind::xml_element:
                xml_element(plan, op, slot, out, depth);
                break;
            default:
                break;
        }
    }
}

}  // namespace rdpdx::evtx
