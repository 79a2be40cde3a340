# Runs a program and keeps what it prints: cmake -D PROGRAM=p -D "ARGUMENTS=help;man" -D OUT=f -P print_to.cmake
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} OUTPUT_FILE ${OUT} COMMAND_ERROR_IS_FATAL ANY)
