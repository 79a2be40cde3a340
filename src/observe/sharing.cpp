#include "src/observe/sharing.hpp"

#include <functional>

namespace rdpdx::observe {
namespace {

std::size_t mix(std::size_t hash, std::size_t more) noexcept { return (hash ^ more) * 0x9E3779B97F4A7C15U; }

std::size_t hash_of_text(std::string_view text) noexcept { return std::hash<std::string_view>{}(text); }

std::size_t hash_of(const model::Value& value) noexcept {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return std::hash<std::int64_t>{}(*n);
    if (const auto* text = std::get_if<std::string>(&value)) return hash_of_text(*text);
    std::size_t out = 0;
    for (const std::string& item : std::get<std::vector<std::string>>(value)) out = mix(out, hash_of_text(item));
    return out;
}

template <class Set, class Held>
void share_in(Set& known, Held& held) {
    if (held.empty()) return;
    if (known.size() >= kSharedKept) known.clear();
    held = *known.insert(held).first;
}

}  // namespace

std::size_t Sharing::Hash::operator()(const model::Said& said) const noexcept { return hash_of_text(said.str()); }

std::size_t Sharing::Hash::operator()(const model::Fields& fields) const noexcept {
    std::size_t out = fields.size();
    for (const model::Field& f : fields) out = mix(mix(out, hash_of_text(f.name)), hash_of(f.value));
    return out;
}

void Sharing::share(model::Observation& observation) {
    share_in(texts_, observation.text);
    share_in(fields_, observation.fields);
}

}  // namespace rdpdx::observe
