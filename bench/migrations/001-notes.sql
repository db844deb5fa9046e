create table notes (id text primary key, version int not null, text text not null);
