// Questions to a store that are ready: for `rdpdx batch query`, and for the index page.
#pragma once

#include <span>
#include <string_view>

namespace rdpdx::app {

struct Question {
    std::string_view name, argument, help, sql;
};

std::span<const Question> ready_questions();

// Null where there is none of this name.
const Question* find_question(std::string_view name);

}  // namespace rdpdx::app
