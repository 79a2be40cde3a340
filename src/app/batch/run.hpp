// Cases -> their results in a folder: several at a time, whole or not at all.
#pragma once

#include "src/app/batch/case_work.hpp"
#include "src/app/batch/cases.hpp"

namespace rdpdx::app {

// The exit code. The cases are sorted by name. Throws FileError where results cannot be written.
int run_batch(Setting& setting, const std::vector<BatchCase>& cases);

// Makes OUT/index.html and, where all is done, the store's last form; the exit code of what is there.
int finish_results(const std::filesystem::path& out, BatchStore& store, bool all = true);

}  // namespace rdpdx::app
