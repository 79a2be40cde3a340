// A plan: what belongs to which case, in a file that people can read, correct and give back. docs/batch.md has the
// format.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/app/batch/cases.hpp"

namespace rdpdx::app {

std::string render_plan(const BatchCases& found);

bool is_plan(const std::filesystem::path& file);
// Throws FileError, with the line, where it is none.
BatchCases read_plan(const std::filesystem::path& file);

// The same for plans of the same cases, wherever they lie.
std::string digest_of_plan(const std::vector<BatchCase>& cases);

}  // namespace rdpdx::app
