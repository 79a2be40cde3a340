// System: its values, and the head of a JSON line.
#include <algorithm>

#include "parsers/evtx/little.hpp"
#include "parsers/evtx/render.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::int64_t kTicksTo1970 = 116'444'736'000'000'000;  // of 100 ns, from 1601

}  // namespace

template <Dress dress>
void Renderer::add_text(const Source& source, std::span<const Slot> slots, TextBuffer& out) {
    switch (source.kind) {
        case Source::Kind::none:
            break;
        case Source::Kind::literal:
            dress == Dress::plain ? out.add(source.text) : out.add(dressed(dress, source.text));
            break;
        case Source::Kind::slot:
            add_value<dress>(out, chunk_, slot_at(slots, source.slot), recent_);
            break;
        case Source::Kind::mixed:
            for (const Node& part : source.parts) {
                if (part.kind == Node::Kind::text) out.add(dressed(dress, part.text));
                if (part.kind == Node::Kind::slot) add_value<dress>(out, chunk_, slot_at(slots, part.slot), recent_);
            }
    }
}
template void Renderer::add_text<Dress::plain>(const Source&, std::span<const Slot>, TextBuffer&);
template void Renderer::add_text<Dress::json>(const Source&, std::span<const Slot>, TextBuffer&);

std::string Renderer::text(const Source& source, std::span<const Slot> slots) {
    scratch_.clear();
    add_text<Dress::plain>(source, slots, scratch_);
    return std::string{scratch_.view()};
}

std::optional<std::uint64_t> Renderer::number_of_text(const Source& source, std::span<const Slot> slots) {
    if (source.kind == Source::Kind::none) return {};
    if (source.kind == Source::Kind::literal) return parse_number(source.text);
    if (source.kind == Source::Kind::slot && slot_at(slots, source.slot).null()) return {};
    scratch_.clear();
    add_text<Dress::plain>(source, slots, scratch_);
    return parse_number(scratch_.view());
}

std::optional<std::uint64_t> Renderer::filetime(const Source& source, std::span<const Slot> slots) {
    if (source.kind == Source::Kind::slot) {
        const Slot slot = slot_at(slots, source.slot);
        if (slot.type == value_type::kFileTime && slot.size == 8) return u64_at(chunk_, slot.offset);
    }
    scratch_.clear();
    add_text<Dress::plain>(source, slots, scratch_);
    const auto time = bytes::parse_time(scratch_.view());
    if (!time) return {};
    const std::int64_t ticks = time->time_since_epoch().count() / 100 + kTicksTo1970;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(ticks, 0));
}

std::string Renderer::guid(const Source& source, std::span<const Slot> slots) {
    const Slot slot = source.kind == Source::Kind::slot ? slot_at(slots, source.slot) : Slot{};
    if (slot.type == value_type::kGuid && slot.size == 16) {
        std::string out(36, '\0');
        write_guid(out.data(), window(chunk_, slot.offset, 16), true);
        return out;
    }
    return normal_guid(text(source, slots));
}

void Renderer::head(EventPlan& plan, std::span<const Slot> slots, TextBuffer& out) {
    const std::span<const HeadOp> ops{plan.head_ops};
    const auto write = [&](std::span<const HeadOp> some) {
        for (const HeadOp& op : some) {
            plan.head.add(op.before, out);
            if (op.kind != HeadOp::Kind::end) head_value(op, plan, slots, out);
        }
    };
    std::size_t at = 0;
    for (HeadRun& run : plan.head_runs) {
        write(ops.subspan(at, run.first() - at));
        at = run.first() + run.size();
        if (const auto known = run.recall(chunk_, slots); !known.empty()) {
            out.add_padded(known.data(), known.size());
            continue;
        }
        const std::size_t before = out.size();
        write(ops.subspan(run.first(), run.size()));
        run.remember(chunk_, slots, out.from(before));
    }
    write(ops.subspan(at));
}

// With its key, or nothing at all.
void Renderer::head_text(const EventPlan& plan, const HeadOp& op, const Source& source, std::span<const Slot> slots,
                         TextBuffer& out) {
    const std::size_t before = out.size();
    plan.head.add(op.key, out);
    out.add('"');
    const std::size_t value = out.size();
    add_text<Dress::json>(source, slots, out);
    return out.size() == value ? out.cut(before) : out.add('"');
}

void Renderer::head_guid(const EventPlan& plan, const HeadOp& op, const Source& source, std::span<const Slot> slots,
                         TextBuffer& out) {
    const Slot slot = source.kind == Source::Kind::slot ? slot_at(slots, source.slot) : Slot{};
    if (source.kind == Source::Kind::slot && slot.null()) return;
    const std::size_t before = out.size();
    plan.head.add(op.key, out);
    out.add('"');
    const std::size_t value = out.size();
    if (slot.type == value_type::kGuid && slot.size == 16) {
        out.advance(write_guid(out.room(40), window(chunk_, slot.offset, 16), true));
    } else {
        out.add(dressed(Dress::json, guid(source, slots)));
    }
    const bool none = out.size() == value || (op.kind == HeadOp::Kind::correlation && out.from(value) == kNoGuid);
    return none ? out.cut(before) : out.add('"');
}

void Renderer::head_value(const HeadOp& op, const EventPlan& plan, std::span<const Slot> slots, TextBuffer& out) {
    const Source& source = plan.of(op.field);
    switch (op.kind) {
        case HeadOp::Kind::time: {
            const auto time = filetime(source, slots);
            char* to = out.room(kMaxTimeText + 2);
            *to++ = '"';
            if (time) to = write_filetime(to, *time, recent_);
            *to++ = '"';
            return out.advance(to);
        }
        case HeadOp::Kind::number:
            return out.advance(write_decimal(out.room(20), number(source, slots).value_or(0)));
        case HeadOp::Kind::optional_number:
            if (const auto value = number(source, slots)) {
                plan.head.add(op.key, out);
                out.advance(write_decimal(out.room(20), *value));
            }
            return;
        case HeadOp::Kind::hex: {
            char* to = out.room(24);
            *to++ = '"';
            to = write_hex(to, number(source, slots).value_or(0));
            *to++ = '"';
            return out.advance(to);
        }
        case HeadOp::Kind::text:
            out.add('"');
            add_text<Dress::json>(source, slots, out);
            return out.add('"');
        case HeadOp::Kind::optional_text:
            return head_text(plan, op, source, slots, out);
        case HeadOp::Kind::guid:
        case HeadOp::Kind::correlation:
            return head_guid(plan, op, source, slots, out);
        case HeadOp::Kind::end:
            return;
    }
}

}  // namespace rdpdx::evtx
