#include "src/app/batch/shards.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>

namespace rdpdx::app {
namespace {

constexpr unsigned kMostShards = 1'000'000;

using Splits = std::map<unsigned, std::set<unsigned>>;  // n -> which

Splits splits_of(std::string_view text) {
    Splits out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto shard = shard_of(text.substr(0, end))) out[shard->n].insert(shard->k);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace

std::optional<Shard> shard_of(std::string_view text) {
    Shard out{0, 0};
    const char* end = text.data() + text.size();
    const auto k = std::from_chars(text.data(), end, out.k);
    if (k.ec != std::errc{} || k.ptr == end || *k.ptr != '/') return {};
    const auto n = std::from_chars(k.ptr + 1, end, out.n);
    if (n.ec != std::errc{} || n.ptr != end || out.k == 0 || out.k > out.n || out.n > kMostShards) return {};
    return out;
}

std::vector<BatchCase> cases_of(const Shard& shard, const std::vector<BatchCase>& cases) {
    std::vector<BatchCase> out;
    for (std::size_t i = shard.k - 1; i < cases.size(); i += shard.n) out.push_back(cases[i]);
    return out;
}

std::string join_shards(std::string_view one, std::string_view other) {
    std::string out;
    for (const auto& [n, have] : splits_of(std::string{one} + " " + std::string{other})) {
        if (have.size() == n) return std::string{kWhole};
        for (const unsigned k : have) out += fmt::format("{}{}/{}", out.empty() ? "" : " ", k, n);
    }
    return out;
}

std::vector<Shard> missing_shards(std::string_view have) {
    std::vector<Shard> out;
    bool first = true;
    for (const auto& [n, there] : splits_of(have)) {
        if (!first && n - there.size() >= out.size()) continue;
        first = false;
        out.clear();
        for (unsigned k = 1; k <= n; ++k)
            if (there.count(k) == 0) out.push_back({k, n});
    }
    return out;
}

}  // namespace rdpdx::app
