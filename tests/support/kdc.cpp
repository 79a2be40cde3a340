#include "tests/support/kdc.hpp"

#include "tests/support/der.hpp"

namespace rdpdx::test::kdc {
namespace {

Octets characters(std::string_view t) {
    const auto view = bytes::view_of(t);
    return {view.begin(), view.end()};
}

}  // namespace

Octets number(std::uint8_t n) { return der(0x02, {Octets{std::byte{n}}}); }
Octets text(std::string_view t) { return der(0x1B, {characters(t)}); }
Octets time(std::string_view t) { return der(0x18, {characters(t)}); }
namespace {

// Two components, as "krbtgt" and "LAB.EXAMPLE"; one where the second is empty.
Octets principal(std::string_view first, std::string_view second = {}) {
    const Octets names = second.empty() ? text(first) : joined({text(first), text(second)});
    return der(0x30, {der(0xA0, {number(2)}), der(0xA1, {der(0x30, {names})})});
}
Octets encrypted(std::uint8_t etype) {
    return der(0x30, {der(0xA0, {number(etype)}), der(0xA2, {der(0x04, {Octets(40, std::byte{0xEE})})})});
}
Octets padata(const Octets& type) {
    return der(0x30, {der(0xA1, {type}), der(0xA2, {der(0x04, {Octets(9, std::byte{0xDD})})})});
}

}  // namespace

Octets request(std::uint8_t type, Service service, std::string_view user) {
    const Octets cname = type == 10 ? der(0xA1, {principal(user)}) : Octets{};
    const Octets body =
        der(0x30, {der(0xA0, {from_hex("03 05 00 40 81 00 10")}), cname, der(0xA2, {text("LAB.EXAMPLE")}),
                   der(0xA3, {principal(service.first, service.second)}), der(0xA5, {time("20370913024805Z")}),
                   der(0xA7, {from_hex("02 04 11 22 33 44")}),
                   der(0xA8, {der(0x30, {number(18), number(17), number(23), from_hex("02 02 ff 7b")})})});
    return der(
        static_cast<std::uint8_t>(0x60 | type),
        {der(0x30, {der(0xA1, {number(5)}), der(0xA2, {number(type)}),
                    der(0xA3, {der(0x30, {padata(number(2)), padata(from_hex("02 02 00 80"))})}), der(0xA4, {body})})});
}

Octets reply(std::uint8_t type, Service service, std::string_view user) {
    const Octets ticket =
        der(0x61, {der(0x30, {der(0xA0, {number(5)}), der(0xA1, {text("LAB.EXAMPLE")}),
                              der(0xA2, {principal(service.first, service.second)}), der(0xA3, {encrypted(18)})})});
    return der(static_cast<std::uint8_t>(0x60 | type),
               {der(0x30, {der(0xA0, {number(5)}), der(0xA1, {number(type)}), der(0xA3, {text("LAB.EXAMPLE")}),
                           der(0xA4, {principal(user)}), der(0xA5, {ticket}), der(0xA6, {encrypted(17)})})});
}

Octets error(std::uint8_t code, Service service) {
    return der(0x7E,
               {der(0x30, {der(0xA0, {number(5)}), der(0xA1, {number(30)}), der(0xA4, {time("20261121051500Z")}),
                           der(0xA5, {from_hex("02 03 01 e2 40")}), der(0xA6, {number(code)}),
                           der(0xA9, {text("LAB.EXAMPLE")}), der(0xAA, {principal(service.first, service.second)})})});
}

Octets framed(const Octets& message) {
    return joined({from_hex("00 00"),
                   {static_cast<std::byte>(message.size() >> 8), static_cast<std::byte>(message.size())},
                   message});
}

}  // namespace rdpdx::test::kdc
