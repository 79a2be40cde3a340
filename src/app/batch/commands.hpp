// What `rdpdx batch` can do besides running cases; the first argument is the word that chose it.
#pragma once

#include "src/app/options.hpp"

namespace rdpdx::app {

int batch_merge(const Options& options);
int batch_query(const Options& options);

}  // namespace rdpdx::app
