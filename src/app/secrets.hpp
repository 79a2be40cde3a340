// The secrets that the user gives on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parsers/tls/decryption.hpp"
#include "src/app/options.hpp"

namespace rdpdx::app {

// Read once: a pipe gives its bytes to the first who asks.
struct GivenSecrets {
    tls::Secrets tls;
    std::vector<std::string> passwords;  // of archives
};

// Nothing where a file cannot be used at all, which was then said. Lines that are no secrets are counted and said.
std::optional<GivenSecrets> load_secrets(const Options& options);

// The lines of --archive-password-file, without their ends. Nothing where a file cannot be used, which was then said.
std::optional<std::vector<std::string>> load_passwords(const Options& options);

}  // namespace rdpdx::app
