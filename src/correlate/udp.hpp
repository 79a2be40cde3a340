// RDP-UDP conversations -> the attempts whose side channels they are.
#pragma once

#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Takes the tracks of RDP-UDP conversations out of all tracks.
std::vector<model::Track> take_udp(std::vector<model::Track>& tracks);

// Gives each conversation to the attempt of the same client and server that it began during: to one whose TCP
// connection names the cookie behind its hash, the same correlation id or request before any other. Two captures of one
// conversation become one transport of the attempt. A conversation without its TCP connection makes an attempt of its
// own, together with others of the same client and server at that time; it has no connection that could have failed.
// Attempts stay in order of their start.
void join_udp(std::vector<model::Attempt>& attempts, std::vector<model::Track> udp);

}  // namespace rdpdx::correlate
