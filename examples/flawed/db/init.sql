-- SPDX-License-Identifier: Apache-2.0
-- The one table that the API fills and the workers empty.
CREATE TABLE orders (
	id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer text NOT NULL,
	lines    jsonb NOT NULL,
	state    text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'invoiced', 'mailed')),
	created  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_open ON orders (state, id) WHERE state <> 'mailed';
