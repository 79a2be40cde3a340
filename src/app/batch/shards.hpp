// Parts of a plan: which case is in which, and which parts of it some results have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/app/batch/cases.hpp"

namespace rdpdx::app {

struct Shard {
    unsigned k{1}, n{1};  // the k-th of n, from 1
};
// "2/5"; nothing where it is not so.
std::optional<Shard> shard_of(std::string_view text);

// Every n-th case: who has the plan knows which, without asking anybody.
std::vector<BatchCase> cases_of(const Shard& shard, const std::vector<BatchCase>& cases);

// The parts that are there as text: "1/1" where all are, else "2/5 4/5".
inline constexpr std::string_view kWhole = "1/1";
std::string join_shards(std::string_view one, std::string_view other);
// Of the split that is nearest to its end; none where all are there.
std::vector<Shard> missing_shards(std::string_view have);

}  // namespace rdpdx::app
