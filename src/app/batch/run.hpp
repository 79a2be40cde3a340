// Cases -> their results in a folder: several at a time, whole or not at all.
#pragma once

#include "src/app/batch/case_work.hpp"
#include "src/app/batch/cases.hpp"

namespace rdpdx::app {

// The exit code. The cases are sorted by name. Throws FileError where results cannot be written.
int run_batch(Setting& setting, const std::vector<BatchCase>& cases);

// Makes OUT/index.html and, where all is done, the store's last form; the exit code of what is there.
int finish_results(const std::filesystem::path& out, BatchStore& store, bool all = true);

// Why nothing may be written into this folder: what lies where reports go is no batch's, and would be removed. Else
// empty.
std::string foreign_reports(const std::filesystem::path& out);

}  // namespace rdpdx::app
