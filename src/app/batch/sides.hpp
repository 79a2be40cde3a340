// Which folder or archive is the client's, which the server's, and of which ticket: by its name.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::app {

struct Side {
    enum class Role : std::uint8_t { none, client, server };
    Role role{};
    std::string ticket;  // what is left of the name, in lower case: "inc-0017"; empty where nothing is
    // Names say whose a bundle is in many ways; only a number tells one ticket from another.
    bool has_number{};
};

// "INC-0017_Client.tar.gz": the client's, of inc-0017. Words are told apart by what is no letter and no digit.
Side side_of(std::string_view name);

}  // namespace rdpdx::app
