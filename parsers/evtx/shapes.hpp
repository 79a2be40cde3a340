// Fragments without a template, as classic and forwarded events have them: their texts are taken out and treated as the
// values of a template that is made up for everything else, the shape. Most records of a log share a few shapes.
#pragma once

#include <string>
#include <vector>

#include "parsers/evtx/binxml.hpp"

namespace rdpdx::evtx {

// Walks over a fragment of elements, attributes and texts. `key` says all about it but the texts, whatever chunk it
// stands in; `texts` are those, in order. False for a fragment that holds anything else or does not end well.
bool read_shape(bytes::View chunk, std::size_t at, std::size_t end, std::string& key, std::vector<Slot>& texts);

// Puts slots where read_shape() found texts; returns how many.
std::size_t take_texts_out(std::vector<Node>& nodes);

}  // namespace rdpdx::evtx
