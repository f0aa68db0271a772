# SPDX-License-Identifier: Apache-2.0
# test_exchange_orders_slow.sh: many rounds of test_exchange_orders
exec "${BUILD:?folder of the build}/tests/test_exchange_orders" \
    --rounds "${SANDUQ_ROUNDS:-200}" --seed "${SANDUQ_SEED:-1000}"
