"""Parts of attacks that are classes of TextAttack: importing one imports it (`load_textattack`)."""
