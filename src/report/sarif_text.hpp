// Inside of report: texts as SARIF has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::report {

// A message (SARIF 3.11): shown like text anywhere else, never a placeholder, never a link.
std::string sarif_text(std::string_view text);

// What to do, a line a step, and the same in Markdown.
std::string remedy_text(const std::vector<model::Step>& remedy);
std::string remedy_markdown(const std::vector<model::Step>& remedy);

// A file of the case as a reference that is relative (RFC 3986, 4.2).
std::string relative_uri(std::string_view path);

}  // namespace rdpdx::report
