#include "parsers/evtx/deciding.hpp"

#include <bit>

#include "parsers/evtx/render.hpp"

namespace rdpdx::evtx {
namespace {

// Far below where a record is cut, which depends on more than its values.
constexpr std::size_t kMaxOperations = 1'000, kMaxDeciding = 64;
constexpr std::size_t kMaxKey = 512;  // bytes; longer values hardly repeat

void add_slots(const std::vector<Node>& parts, std::vector<std::uint16_t>& to) {
    for (const Node& part : parts)
        if (part.kind == Node::Kind::slot) to.push_back(part.slot);
}

// Fields without a name of their own are numbered, so each has a say in what those after it are called.
bool mixed_decides(const Mixed& mixed, const FieldChoice& asked) {
    if (!mixed.name.empty()) return true;
    return mixed.fixed_name.empty() ? asked.numbered() : asked.concerned_by(mixed.fixed_name);
}

void put(TextBuffer& to, std::uint32_t value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
    to.add({bytes.data(), bytes.size()});
}

// False for what unfolds: a list, or a fragment.
bool add_value_bytes(TextBuffer& to, bytes::View chunk, Slot value) {
    if (value.array() || value.type == value_type::kBinXml) return false;
    put(to, std::uint32_t{value.type} << 16 | value.size);
    to.add(bytes::text_of(window(chunk, value.offset, value.size)));
    return true;
}

}  // namespace

Deciding deciding_slots(const Plan& fields, const FieldChoice& asked) {
    Deciding out;
    for (const Op& op : fields.ops) {
        const bool named = op.kind == Op::Kind::field || op.kind == Op::Kind::attribute;
        const bool decides = op.kind == Op::Kind::guard || (op.kind == Op::Kind::unnamed && asked.numbered()) ||
                             (named && asked.concerned_by(fields.text(op.name)));
        if (decides) {
            out.slots.push_back(op.slot);
        } else if (named || op.kind == Op::Kind::unnamed) {
            out.others.push_back(op.slot);
        } else if (op.kind == Op::Kind::mixed) {
            const Mixed& mixed = fields.mixed[op.count];
            auto& to = mixed_decides(mixed, asked) ? out.slots : out.others;
            add_slots(mixed.name, to);
            add_slots(mixed.value, to);
        } else if (op.kind == Op::Kind::content) {
            if (out.content) out.usable = false;
            out.content = op.slot;
            out.section = static_cast<Section>(op.count);
        }
    }
    if (fields.ops.size() > kMaxOperations || out.slots.size() > kMaxDeciding) out.usable = false;
    return out;
}

Deciding deciding_slots(const EventPlan& event, const FieldChoice& asked) {
    Deciding out = deciding_slots(event.data, asked);
    using enum SystemField;
    for (const SystemField field : {provider, provider_guid, source_name}) {
        const Source& source = event.of(field);
        if (source.kind == Source::Kind::slot) out.slots.push_back(source.slot);
        add_slots(source.parts, out.slots);
    }
    return out;
}

template <class Of>
const Deciding& FieldQuestion::of(Some& some, const Template& known, const Of& plan) {
    Known& here = some[known.number % some.size()];
    if (here.known != &known) here = {&known, deciding_slots(plan, choice_)};
    return here.deciding;
}
template const Deciding& FieldQuestion::of(Some&, const Template&, const Plan&);
template const Deciding& FieldQuestion::of(Some&, const Template&, const EventPlan&);

bool Renderer::add_values(const Deciding& deciding, std::span<const Slot> slots, TextBuffer& key) const {
    if (!deciding.usable) return false;
    for (const std::uint16_t other : deciding.others)
        if (slot_at(slots, other).type == value_type::kBinXml) return false;
    for (const std::uint16_t slot : deciding.slots)
        if (!add_value_bytes(key, chunk_, slot_at(slots, slot))) return false;
    return key.size() <= kMaxKey;
}

bool Renderer::add_key(const Template& known, const EventPlan& plan, std::span<const Slot> slots,
                       FieldQuestion& question, TextBuffer& key) {
    put(key, known.number);
    const Deciding& outer = question.outer(known, plan);
    if (!add_values(outer, slots, key)) return false;
    if (!outer.content) return true;
    const Slot content = slot_at(slots, *outer.content);
    if (content.type != value_type::kBinXml) return false;
    const Inner inner = open(content, 0);
    if (!inner.found) return false;
    put(key, inner.found->number);
    const Deciding& deciding = question.inner(*inner.found, fields_of(*inner.found, outer.section));
    return !deciding.content && add_values(deciding, inner_[1], key);
}

}  // namespace rdpdx::evtx
