#include "src/app/evtx_choice.hpp"

#include <algorithm>

namespace rdpdx::app {
namespace {

constexpr std::size_t kMaxAnswers = 4096;  // for one id
constexpr std::size_t kMaxKey = 512;       // bytes; longer values hardly repeat
constexpr std::size_t kIds = 65'536;       // [MS-EVEN6] 2.2.12: an event's id has 16 bits

}  // namespace

EvtxChoice::OfId* EvtxChoice::of(std::uint32_t id) {
    if (const auto known = ids_.find(id); known != ids_.end()) return &known->second;
    auto names = filter_.deciding_fields(id);
    if (!names) return nullptr;
    evtx::FieldChoice fields{*names};
    return &ids_.emplace(id, OfId{std::move(*names), std::move(fields), {}}).first->second;
}

bool EvtxChoice::ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const {
    const std::string guid = reader.guid(evtx::SystemField::provider_guid);
    return filter_.by_fields(provider_of(reader), guid, id, [&](std::string_view name) { return fields.value(name); });
}

EvtxChoice::ById EvtxChoice::by_id(std::uint32_t id) {
    const auto find = [&] {
        if (!filter_.by_id(id)) return ById::never;
        return filter_.decided_by_head(id) ? ById::always : ById::look;
    };
    if (id >= kIds) return find();
    if (by_id_.empty()) by_id_.resize(kIds);
    ById& known = by_id_[id];
    if (known == ById::unknown) known = find();
    return known;
}

bool EvtxChoice::accepts(evtx::ChunkReader& reader, std::uint32_t id) {
    const ById known = by_id(id);
    if (known == ById::never || (filter_.asks_provider() && !filter_.by_provider(provider_of(reader)))) return false;
    return known == ById::always || by_values(reader, id);
}

bool EvtxChoice::by_values(evtx::ChunkReader& reader, std::uint32_t id) {
    OfId* const here = of(id);
    if (!here) return filter_.accepts(reader.event());
    reader.choose(here->fields);
    // Lengths stand before the values, so that no two lists of values have one key.
    key_.clear();
    const auto add = [&](std::string_view text) {
        for (std::size_t size = text.size(); size > 0; size >>= 7) key_ += static_cast<char>(0x80 | (size & 0x7F));
        (key_ += ':') += text;
    };
    add(reader.text(evtx::SystemField::provider_guid));
    add(provider_of(reader));
    for (const std::string& name : here->names) {
        const std::string* const value = here->fields.value(name);
        value ? add(*value) : add("-");
        key_ += value ? '+' : '-';
    }
    if (key_.size() > kMaxKey) return ask(reader, id, here->fields);
    if (const auto known = here->answers.find(key_); known != here->answers.end()) return known->second;
    const bool answer = ask(reader, id, here->fields);
    if (here->answers.size() < kMaxAnswers) here->answers.emplace(key_, answer);
    return answer;
}

}  // namespace rdpdx::app
