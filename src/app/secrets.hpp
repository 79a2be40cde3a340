// The secrets that the user gives on the command line.
#pragma once

#include <optional>

#include "parsers/tls/decryption.hpp"
#include "src/app/options.hpp"

namespace rdpdx::app {

// Nothing where a file cannot be used at all, which was then said. Lines that are no secrets are counted and said.
std::optional<tls::Secrets> load_secrets(const Options& options);

}  // namespace rdpdx::app
