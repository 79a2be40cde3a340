# Writes a C++ source with the text of files, as a function that gives them by name:
#   cmake -D OUT=f.cpp -D ROOT=dir -D "FILES=a.yaml;b.yaml" -D HEADER=src/x.hpp -D NAMESPACE=rdpdx::x -D FUNCTION=f -P embed.cmake
# The header declares `struct Shipped { std::string_view name, text, sha256; }` and `std::span<const Shipped> FUNCTION()`.
# Each line is a literal of its own, since some compilers bound the length of one.
set(body "")
set(table "")
set(n 0)
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  string(REPLACE "\r" "" text "${text}")
  string(SHA256 digest "${text}")
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  string(APPEND body "constexpr std::string_view kFile${n} =\n\"${text}\";\n")
  string(APPEND table "    {\"${file}\", kFile${n}, \"${digest}\"},\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE "${OUT}.new" "// Made by cmake/embed.cmake.\n#include <array>\n\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nnamespace {\n${body}constexpr std::array<Shipped, ${n}> kShipped{{\n${table}}};\n}  // namespace\n\nstd::span<const Shipped> ${FUNCTION}() { return kShipped; }\n\n}  // namespace ${NAMESPACE}\n")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
