#include "src/analysis/wanted.hpp"

#include <algorithm>
#include <map>

namespace rdpdx::analysis {

std::vector<evtx::Wanted::Provider> wanted_providers(const catalogue::EventCatalogue& catalogue, bool noise) {
    constexpr std::string_view kPrefix = "Microsoft-Windows-";
    std::map<std::string, std::vector<std::uint32_t>> ids;
    for (const catalogue::EventEntry& entry : catalogue.entries()) {
        if (!noise && entry.shows == model::Effect::noise) continue;
        const bool long_name = entry.provider.starts_with(kPrefix);
        ids[entry.provider].push_back(entry.id);
        ids[long_name ? entry.provider.substr(kPrefix.size()) : std::string{kPrefix} + entry.provider].push_back(
            entry.id);
    }
    std::vector<evtx::Wanted::Provider> out;
    for (auto& [name, list] : ids) {
        std::ranges::sort(list);
        list.erase(std::unique(list.begin(), list.end()), list.end());
        out.push_back({name, std::move(list)});
    }
    return out;
}

}  // namespace rdpdx::analysis
