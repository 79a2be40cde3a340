// The tables themselves, one function a family; only codes.cpp and the table files include this.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "src/codes/codes.hpp"

namespace rdpdx::codes::tables {

// Each table file proves this of its rows.
constexpr bool ascending(std::span<const Code> rows) noexcept {
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i - 1].value >= rows[i].value) return false;
    return true;
}

template <std::size_t N, std::size_t M>
constexpr std::array<Code, N + M> joined(const std::array<Code, N>& first, const std::array<Code, M>& second) {
    std::array<Code, N + M> all{};
    for (std::size_t i = 0; i < N; ++i) all[i] = first[i];
    for (std::size_t i = 0; i < M; ++i) all[N + i] = second[i];
    return all;
}

std::span<const Code> disconnect_reason() noexcept;
std::span<const Code> extended_reason() noexcept;
std::span<const Code> error_info() noexcept;
std::span<const Code> negotiation_failure() noexcept;
std::span<const Code> negotiation_protocol() noexcept;
std::span<const Code> negotiation_request() noexcept;
std::span<const Code> negotiation_response() noexcept;
std::span<const Code> tls_alert() noexcept;
std::span<const Code> license_error() noexcept;
std::span<const Code> license_transition() noexcept;
std::span<const Code> early_authorization() noexcept;
std::span<const Code> rdstls_result() noexcept;
std::span<const Code> ntstatus() noexcept;
std::span<const Code> hresult() noexcept;
std::span<const Code> win32() noexcept;
std::span<const Code> kerberos() noexcept;
std::span<const Code> mcs_result() noexcept;
std::span<const Code> mcs_disconnect_reason() noexcept;
std::span<const Code> x224_disconnect_reason() noexcept;
std::span<const Code> icmp4() noexcept;
std::span<const Code> icmp6() noexcept;

}  // namespace rdpdx::codes::tables
