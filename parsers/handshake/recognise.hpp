// What bytes look like that nobody has introduced yet. Of this folder only.
#pragma once

#include "parsers/handshake/handshake.hpp"

namespace rdpdx::handshake {

// "HTTP"; empty for bytes of no protocol that is known here.
std::string_view guess_protocol(bytes::View head);

template <class Parsed>
void Reader::emit_parsed(const Place& at, const Parsed& parsed, std::string what) {
    if (parsed)
        emit(at, *parsed);
    else
        emit(at, Unparsed{std::move(what), parsed.error()});
}

}  // namespace rdpdx::handshake
