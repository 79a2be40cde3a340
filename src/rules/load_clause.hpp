// Inside of rules: the parts of a rule file that have a grammar of their own.
#pragma once

#include <fmt/format.h>

#include "src/rules/rule.hpp"

namespace rdpdx::rules {

// The clauses under this key, none where it is absent.
std::vector<Clause> load_clauses(const yaml::Node& parent, std::string_view key);

// The examples of a rule that has everything else.
std::vector<Example> load_examples(const yaml::Node& root, const CauseRule& rule);

// Whether observations of this kind have this field.
bool has_field(const model::ObservationKind& kind, std::string_view field);

// "500ms", "30s", "5m", "2h"; a problem at the node for anything else.
std::optional<model::Duration> load_span(const yaml::Node& node);

// The named value, or a problem at the node.
template <class Enum>
std::optional<Enum> word(const yaml::Node& node, std::optional<Enum> (*by_id)(std::string_view) noexcept,
                         std::string_view what) {
    const auto text = node.as_text();
    if (!text) return {};
    const auto value = by_id(*text);
    if (!value) node.problem(fmt::format("'{}' is no {}", *text, what));
    return value;
}

template <class Enum>
std::vector<Enum> words(const yaml::Node& parent, std::string_view key,
                        std::optional<Enum> (*by_id)(std::string_view) noexcept, std::string_view what) {
    std::vector<Enum> out;
    const auto node = parent.find(key);
    if (!node) return out;
    const auto take = [&](const yaml::Node& item) {
        if (const auto value = word(item, by_id, what)) out.push_back(*value);
    };
    if (node->is_list())
        for (const yaml::Node& item : node->items()) take(item);
    else
        take(*node);
    return out;
}

}  // namespace rdpdx::rules
