// One function a command; each returns the exit code.
#pragma once

#include <functional>

#include "src/app/options.hpp"

namespace rdpdx::app {

int analyze(const Options& options);
int inspect(const Options& options);
int flows(const Options& options);
int events(const Options& options);
int explain(const Options& options);
int rules(const Options& options);
int completion(const Options& options);
int batch(const Options& options);

// To standard output or to --output.
int print(const Options& options, const std::string& text);
// To each target what `render` makes for its format; all files are written, or none.
int print(const std::vector<Target>& targets, const std::function<std::string(const std::string&)>& render);

}  // namespace rdpdx::app
