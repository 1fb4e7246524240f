"""Records in the formats of trainers and libraries."""
